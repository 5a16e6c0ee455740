using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Kv;

/// <summary>The answer to a read of one key, with what was really served.</summary>
public readonly record struct KeyValueReadResult
{
    /// <summary>Gets whether the key is there.</summary>
    public bool Found { get; init; }

    /// <summary>Gets the value; empty if the key is not there.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Gets the index of the entry that wrote the value; zero if the key is not there.</summary>
    public LogIndex Version { get; init; }

    /// <summary>Gets the level at which the answer was served.</summary>
    public ReadLevel Level { get; init; }

    /// <summary>Gets the last entry applied in the state that answered.</summary>
    public LogId AppliedId { get; init; }

    /// <summary>Gets the node that answered.</summary>
    public NodeId Node { get; init; }
}

/// <summary>How a write of the store ended.</summary>
public readonly record struct KeyValueWriteResult
{
    /// <summary>Gets the outcome.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>Gets why it was rejected.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the entry: where it was committed, or, if indeterminate, where it may stand (zero if
    /// unknown).</summary>
    public LogId Id { get; init; }

    /// <summary>Gets the result of each operation of a batch, in order; empty unless committed.</summary>
    public IReadOnlyList<KeyValueOperationResult> Operations { get; init; }

    /// <summary>Gets, if a condition failed, the position of the first operation or condition that failed in the batch;
    /// otherwise -1.</summary>
    public int FailedAt { get; init; }

    /// <summary>Gets, if a condition failed, of what kind it was.</summary>
    public KeyValueFailure Failure { get; init; }
}

/// <summary>Why a committed batch changed nothing.</summary>
public enum KeyValueFailure
{
    /// <summary>It did what it should, or was not committed.</summary>
    None = 0,

    /// <summary>A condition of the batch did not hold.</summary>
    Condition = 1,

    /// <summary>An append would have made a value larger than <see cref="KeyValueLimits.ValueBytesMax"/>.</summary>
    ValueTooLarge = 2,

    /// <summary>The gets of the batch would have returned more than 3 MiB.</summary>
    ResultTooLarge = 3,
}

/// <summary>What one operation of a batch saw or did.</summary>
public readonly record struct KeyValueOperationResult
{
    /// <summary>Gets whether the key was there before a delete or at a get.</summary>
    public bool Found { get; init; }

    /// <summary>Gets the value that a get saw; otherwise empty.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Gets the version that a get saw; zero otherwise.</summary>
    public LogIndex Version { get; init; }
}
