namespace Replication.Testing.Simulation.Invariants;

/// <summary>What a run did that it never may.</summary>
/// <param name="Rule">The rule's name: two failures of one rule are taken for the same bug.</param>
/// <param name="Detail">What exactly, with the values.</param>
/// <param name="AtNanoseconds">When, since the start of the run.</param>
internal sealed record SimulationViolation(string Rule, string Detail, long AtNanoseconds)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Rule} at {AtNanoseconds / 1e6:0.000} ms: {Detail}");
}
