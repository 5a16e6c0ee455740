using System.Globalization;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation;

/// <summary>A group that every node hosts a replica of: its names, and what watches over it.</summary>
internal sealed class SimulatedGroup
{
    private readonly SimulatedCluster _cluster;

    /// <summary>Makes a group.</summary>
    /// <param name="cluster">The cluster that it is in.</param>
    /// <param name="index">Its place among the groups of the cluster.</param>
    public SimulatedGroup(SimulatedCluster cluster, int index)
    {
        _cluster = cluster;
        Index = index;
        Name = index == 0 ? "simulated" : string.Create(CultureInfo.InvariantCulture, $"simulated-{index + 1}");
        Id = GroupId.FromName(Name);
        Directory = $"groups/{Name}";
        Oracle = new ClusterOracle(cluster, this);
        Scenarios = new ScenarioProbes(cluster, this);
    }

    public int Index { get; }

    public string Name { get; }

    public GroupId Id { get; }

    /// <summary>Gets where each node keeps the state of its replica.</summary>
    public string Directory { get; }

    public ClusterOracle Oracle { get; }

    public ScenarioProbes Scenarios { get; }

    /// <summary>Gets the node that leads the group in the highest term; null if none does.</summary>
    public SimulatedNode? Leader
    {
        get
        {
            SimulatedNode? leader = null;
            Term term = default;
            foreach (SimulatedNode node in _cluster.Nodes)
            {
                if (node.Leads(this) && (leader is null || node.RaftOf(this).CurrentTerm > term))
                {
                    leader = node;
                    term = node.RaftOf(this).CurrentTerm;
                }
            }

            return leader;
        }
    }
}
