using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Sessions;

/// <summary>What is to be done with a command that has a request id.</summary>
internal enum SessionVerdict
{
    /// <summary>It is new: execute it, then store the result.</summary>
    Execute,

    /// <summary>It was executed: give the stored result again.</summary>
    Replay,

    /// <summary>The session is unknown or expired.</summary>
    Expired,

    /// <summary>The sequence was used for another command.</summary>
    Reused,

    /// <summary>The sequence is below the floor or too far above it, or too many results wait to be
    /// acknowledged.</summary>
    OutOfWindow,

    /// <summary>The group holds too many bytes of unacknowledged results.</summary>
    Overloaded,
}

/// <summary>The result of an executed command, kept until its client has acknowledged it.</summary>
/// <param name="Sequence">Its number in the session; 0 in an empty place.</param>
/// <param name="CommandHash">What tells it from another command.</param>
/// <param name="Id">The entry that executed it.</param>
/// <param name="Timestamp">Log time of that entry.</param>
/// <param name="Result">What the state machine returned.</param>
internal readonly record struct StoredResult(
    long Sequence, UInt128 CommandHash, LogId Id, HybridTimestamp Timestamp, ReadOnlyMemory<byte> Result)
{
    public long ChargedBytes => Result.Length + SessionLimits.ResultOverheadBytes;
}
