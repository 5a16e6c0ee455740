using Replication.Testing.Simulation.Pages;

namespace Replication.Testing.Simulation;

/// <summary>How to run cases of one workload, and how somebody else runs them again.</summary>
/// <param name="Execute">Runs a case; takes lines about what happens, and what takes it down, or null.</param>
/// <param name="WorkloadCode">The source of what makes the workload.</param>
internal sealed record RepeatableRun(
    Func<SimulationCase, Action<string>?, RunRecording?, SimulationResult> Execute, string WorkloadCode)
{
    /// <summary>Runs a case and reports on it.</summary>
    public SimulationReport Report(SimulationCase run, StateMachineSimulationOptions options) =>
        Report(Execute(run, options.Trace, null), options);

    /// <summary>Reports on a run that the options make.</summary>
    public SimulationReport Report(SimulationResult result, StateMachineSimulationOptions options) =>
        new(result, this, $"StateMachineSimulation.Run({WorkloadCode}, {result.Config.Seed}{options.ToCode()})");
}
