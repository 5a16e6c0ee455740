using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>What is simulated: what every node runs on its log, and what clients do with it.</summary>
internal abstract class SimulationSubject
{
    /// <summary>Makes the clients of a run.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="calls">Their operations, if they are prescribed instead of drawn.</param>
    public abstract ClientWorkload CreateWorkload(SimulatedCluster cluster, IReadOnlyList<PlannedCall>? calls);

    /// <summary>Recovers what a node runs from its disk.</summary>
    /// <param name="replica">The replica of a group that runs it; being made.</param>
    /// <param name="config">The settings.</param>
    /// <param name="files">The disk of the node.</param>
    /// <param name="records">Opens record logs on it.</param>
    public abstract SubjectReplica Open(
        GroupReplica replica, SimulationConfig config, IFileSystem files, IRecordLogFactory records);
}
