using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Simulation.Tests.Parts;

public sealed class SwizzleClogTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Each_node_is_met_once_in_as_many_steps_as_there_are_nodes(int nodes)
    {
        for (int node = 1; node <= nodes; node++)
        {
            SimulatedCluster cluster = new(
                new SimulationCase(new SimulationConfig { Seed = 1, Nodes = nodes }, FaultPlan.None),
                new KeyValueSubject(), null, null);
            NetworkFaults faults = new(cluster);
            PlannedFault fault = new(0, FaultKind.SwizzleClog, 0, 1 << (node - 1), 1_000, 0);
            for (int step = 0; step < nodes; step++)
            {
                faults.Step(fault, target: 0);
            }

            // Met twice it would be free again.
            Assert.True(cluster.Network.Link(node, 1 + (node % nodes)).IsCut, $"node {node} of {nodes}");
        }
    }
}
