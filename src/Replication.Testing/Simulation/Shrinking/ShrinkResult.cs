namespace Replication.Testing.Simulation.Shrinking;

/// <summary>The smallest run that was found.</summary>
/// <param name="Result">What came of it: it fails with the signature of the run that was to be shrunk.</param>
/// <param name="Runs">How many runs it took.</param>
internal sealed record ShrinkResult(SimulationResult Result, int Runs)
{
    public SimulationCase Case => Result.Case;
}
