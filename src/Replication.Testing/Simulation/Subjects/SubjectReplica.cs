using Replication.Sessions;
using Replication.StateMachines;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>What one process of a node runs: a state machine with its place on disk, and its face for
/// clients.</summary>
internal abstract class SubjectReplica
{
    /// <summary>Gets the machine that the log is applied to.</summary>
    public abstract ICheckpointedStateMachine Machine { get; }

    /// <summary>Computes a digest of the applied state.</summary>
    public abstract ulong StateDigest();

    /// <summary>Opens a client session here.</summary>
    public abstract ValueTask<ClientSession> OpenSessionAsync();

    /// <summary>Has something committed.</summary>
    public abstract ValueTask WriteAnythingAsync();

    /// <summary>Executes a client's operation here.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="attempt">Which attempt it is.</param>
    public abstract ValueTask<ClientAnswer> ExecuteAsync(ClientCall call, int attempt);
}
