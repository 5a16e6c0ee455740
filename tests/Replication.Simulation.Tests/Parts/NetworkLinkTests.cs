using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation.Tests.Parts;

public sealed class NetworkLinkTests
{
    [Fact]
    public void A_connection_on_which_messages_are_stuck_breaks_as_its_keep_alive_would_break_it()
    {
        SimulationConfig config = new()
        {
            Seed = 3, Nodes = 3, Clients = 3, SafetyMilliseconds = 10_000, Network = NetworkMode.Connections,
        };

        // Up to a second for some messages, times the factor.
        PlannedFault slow = new(2_000, FaultKind.SlowNetwork, 0, 0, 1_000, 50);
        PlannedFault late = new(2_000, FaultKind.LatencyTail, 0, 0, 1_000, 50);
        Assert.Equal(0, BrokenConnections(config, new FaultPlan([slow])));
        Assert.Equal(0, BrokenConnections(config, new FaultPlan([late])));
        Assert.NotEqual(0, BrokenConnections(config, new FaultPlan([slow, late])));
    }

    private static long BrokenConnections(SimulationConfig config, FaultPlan plan)
    {
        SimulationResult result = SimulationRun.Execute(config, plan);
        Assert.NotEqual(Validity.Invalid, result.Verdict.Validity);
        return result.Probes[Probe.ConnectionBroken];
    }
}
