namespace Replication.Testing.Simulation.Invariants;

/// <summary>What a run did that it never may.</summary>
/// <param name="Rule">The rule's name: two failures of one rule are taken for the same bug.</param>
/// <param name="Detail">What exactly, with the values.</param>
/// <param name="AtNanoseconds">When, since the start of the run.</param>
/// <param name="Error">The type of the error, if it is one that nobody expected.</param>
internal sealed record SimulationViolation(string Rule, string Detail, long AtNanoseconds, string? Error = null)
{
    /// <summary>Gets what tells one bug from another: the rule, and the type of the error if there is one.</summary>
    public string Signature => Error is null ? Rule : $"{Rule} ({Error})";

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Rule} at {AtNanoseconds / 1e6:0.000} ms: {Detail}");
}
