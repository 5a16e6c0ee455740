using System.Globalization;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>An operation of a client as it was drawn or is prescribed: everything of it that is not an
/// outcome.</summary>
/// <param name="Number">Tells the operation from others for good: its random numbers follow from it, so that leaving
/// out one operation does not change the ways of another.</param>
/// <param name="AtNanoseconds">The earliest moment at which it starts; later if its client is still busy.</param>
/// <param name="Client">The number of the client, from 0.</param>
/// <param name="InSession">Whether the client has a session.</param>
/// <param name="Kind">What the client does.</param>
/// <param name="Key">The number of the register.</param>
/// <param name="Value">What is written.</param>
/// <param name="Expected">What a compare-and-set expects; 0 for an absent key.</param>
/// <param name="Steps">The steps of a transaction.</param>
internal sealed record PlannedCall(
    long Number, long AtNanoseconds, int Client, bool InSession, OperationKind Kind, int Key, long Value,
    long Expected, IReadOnlyList<ListStep> Steps)
{
    /// <summary>The word that a line of a plan file starts with.</summary>
    public const string Word = "call";

    private const decimal NanosecondsPerMillisecond = 1_000_000m;

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is not a call.</exception>
    public static PlannedCall Parse(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 10 && parts[0] == Word && Enum.TryParse(parts[5], out OperationKind kind)
            && parts[4] is "0" or "1"
            ? new PlannedCall(
                Integer(parts[1]),
                (long)(decimal.Parse(parts[2], CultureInfo.InvariantCulture) * NanosecondsPerMillisecond),
                (int)Integer(parts[3]),
                parts[4] == "1",
                kind,
                (int)Integer(parts[6]),
                Integer(parts[7]),
                Integer(parts[8]),
                parts[9] == "-" ? [] : [.. parts[9].Split(',').Select(ParseStep)])
            : throw new FormatException(
                $"'{line}' is no call: {Word} number at-ms client in-session kind key value expected steps.");
    }

    /// <summary>Gets the group that the call goes to, which has all its keys.</summary>
    /// <param name="groups">How many groups there are.</param>
    public int GroupOf(int groups) => (Steps.Count > 0 ? Steps[0].Key : Key) % groups;

    /// <summary>Gets the call as a line of a plan file; steps are list:element, element 0 for a read.</summary>
    public override string ToString()
    {
        string steps = Steps.Count == 0 ? "-" : string.Join(',', Steps.Select(step => string.Create(
            CultureInfo.InvariantCulture, $"{step.Key}:{step.Element}")));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Word} {Number} {AtNanoseconds / NanosecondsPerMillisecond} {Client} {(InSession ? 1 : 0)} {Kind} {Key} "
            + $"{Value} {Expected} {steps}");
    }

    private static ListStep ParseStep(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2
            ? new ListStep((int)Integer(parts[0]), (int)Integer(parts[1]))
            : throw new FormatException($"'{text}' is no step of a transaction: list:element.");
    }

    private static long Integer(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
