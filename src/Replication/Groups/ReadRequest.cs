using Replication.Groups.Shell;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>A linearizable read that waits until this node's applied state may answer it.</summary>
internal abstract class ReadRequest : ExecutorItem
{
    /// <summary>Gets or sets the group.</summary>
    public ReplicaGroup Group { get; set; } = null!;

    /// <summary>Gets when the executor received it.</summary>
    public Instant ArrivedAt { get; private set; }

    public override void Deliver(GroupExecutor executor)
    {
        ArrivedAt = executor.Turn.Now;
        Group.Enqueue(this);
    }

    /// <summary>Says that the applied state may answer; the last call on it.</summary>
    /// <param name="position">That state.</param>
    public abstract void Complete(in ReadPosition position);

    /// <summary>Ends it with an error; the last call on it.</summary>
    /// <param name="error">The error.</param>
    public abstract void Fail(Exception error);

    public override void Refuse(Exception error) => Fail(error);
}
