namespace Replication.Testing.Checkers;

/// <summary>What a checker found, and why.</summary>
/// <remarks>The default validity is <see cref="Validity.Unknown"/>.</remarks>
public sealed record Verdict
{
    private Verdict(Validity validity, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        Validity = validity;
        Reason = reason;
    }

    /// <summary>Gets what was found.</summary>
    public Validity Validity { get; }

    /// <summary>Gets why, for people to read: what was checked, the proof of a violation, or what was not
    /// decided.</summary>
    /// <value>One or more lines, without a line feed at the end.</value>
    public string Reason { get; }

    /// <summary>Makes the verdict that the property holds.</summary>
    /// <param name="reason">What was checked.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Valid(string reason) => new(Validity.Valid, reason);

    /// <summary>Makes the verdict that the property is broken.</summary>
    /// <param name="reason">The proof.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Invalid(string reason) => new(Validity.Invalid, reason);

    /// <summary>Makes the verdict that nothing was decided.</summary>
    /// <param name="reason">Why not.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Unknown(string reason) => new(Validity.Unknown, reason);

    /// <summary>Joins verdicts on one history: invalid if one is, else unknown if one is or there is none.</summary>
    /// <param name="verdicts">The verdicts.</param>
    /// <returns>The verdict with the reasons of those that decided it, one below the other.</returns>
    public static Verdict All(params IReadOnlyList<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count == 0)
        {
            return Unknown("Nothing was checked.");
        }

        Validity worst = verdicts.Any(v => v.Validity == Validity.Invalid) ? Validity.Invalid
            : verdicts.Any(v => v.Validity == Validity.Unknown) ? Validity.Unknown
            : Validity.Valid;
        return new Verdict(worst, string.Join('\n', verdicts.Where(v => v.Validity == worst).Select(v => v.Reason)));
    }

    /// <summary>Writes the verdict as a tool prints it.</summary>
    /// <returns>The first line is <c>valid: true</c>, <c>valid: false</c> or <c>valid: unknown</c>; the reason
    /// follows.</returns>
    public override string ToString()
    {
        string word = Validity switch
        {
            Validity.Valid => "true",
            Validity.Invalid => "false",
            _ => "unknown",
        };
        return $"valid: {word}\n{Reason}";
    }
}
