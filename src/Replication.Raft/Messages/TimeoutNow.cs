namespace Replication.Raft.Messages;

/// <summary>A leader asks a caught-up follower to stand for election at once (thesis §3.10).</summary>
public sealed record TimeoutNow : RaftMessage;
