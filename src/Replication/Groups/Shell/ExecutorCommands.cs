using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>Hands the leadership of a group over.</summary>
internal sealed class TransferCommand(ReplicaGroup group, NodeId target) : ExecutorItem
{
    public override void Deliver(GroupExecutor executor) => group.TransferLeadership(target);
}

/// <summary>Refuses new work from now on.</summary>
internal sealed class StopCommand : ExecutorItem
{
    public override void Deliver(GroupExecutor executor) => executor.BeginStop();
}

/// <summary>The host failed elsewhere: this executor stops too.</summary>
internal sealed class FailCommand(Exception error) : ExecutorItem
{
    public override void Deliver(GroupExecutor executor) => executor.Fail(error);
}
