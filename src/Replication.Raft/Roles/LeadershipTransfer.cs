using Replication.Raft.Primitives;

namespace Replication.Raft.Roles;

/// <summary>A hand-over that a leader has under way (thesis §3.10).</summary>
internal sealed class LeadershipTransfer
{
    /// <summary>Gets the node that is to lead; none if no hand-over is under way.</summary>
    public NodeId Target { get; private set; }

    /// <summary>Gets whether the target was asked to stand for election.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Gets when the leader gives up and takes proposals again.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>Begins one.</summary>
    /// <param name="target">The node.</param>
    /// <param name="deadline">When to give up.</param>
    public void Begin(NodeId target, Instant deadline)
    {
        Target = target;
        IsAsked = false;
        Deadline = deadline;
    }

    /// <summary>Ends it, whether done or not.</summary>
    public void Clear()
    {
        Target = NodeId.None;
        IsAsked = false;
        Deadline = Instant.Never;
    }
}
