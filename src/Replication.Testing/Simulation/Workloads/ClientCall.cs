using Replication.Primitives;
using Replication.Sessions;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>An operation under way at a client, through all its attempts.</summary>
internal sealed class ClientCall(OperationRecord record, RandomStream random)
{
    public OperationRecord Record { get; } = record;

    /// <summary>Gets the group that it goes to.</summary>
    public required int Group { get; init; }

    /// <summary>Gets what decides on nodes, latencies and pauses of this operation alone.</summary>
    public RandomStream Random { get; } = random;

    /// <summary>Gets or sets the request id; none without a session.</summary>
    public RequestId Request { get; set; }

    /// <summary>Gets or sets the number of the attempt under way; answers to others are not heard.</summary>
    public int Attempt { get; set; }

    /// <summary>Gets or sets the node that the attempt under way was sent to.</summary>
    public int Node { get; set; }

    /// <summary>Gets or sets a value indicating whether an earlier attempt may have been executed.</summary>
    public bool IsUncertain { get; set; }

    public bool IsEnded { get; set; }
}

/// <summary>How an attempt ended, on its way to the client.</summary>
internal enum AnswerKind
{
    /// <summary>It was executed.</summary>
    Done,

    /// <summary>It was executed and its condition did not hold.</summary>
    ConditionFailed,

    /// <summary>It was not executed and won't be.</summary>
    NotDone,

    /// <summary>Its session is gone: not executed, by this attempt.</summary>
    SessionGone,

    /// <summary>Nobody knows.</summary>
    Unknown,
}

/// <summary>An answer with what it brings.</summary>
internal sealed record ClientAnswer
{
    public required AnswerKind Kind { get; init; }

    public int Attempt { get; init; }

    public required ClientCall Call { get; init; }

    public RejectReason Reason { get; init; }

    public long Result { get; init; }

    public long Version { get; init; }

    /// <inheritdoc cref="OperationRecord.Applied"/>
    public long Applied { get; init; }

    /// <inheritdoc cref="OperationRecord.Scanned"/>
    public IReadOnlyList<ScannedRegister> Scanned { get; init; } = [];

    public IReadOnlyList<int>?[] Seen { get; init; } = [];

    /// <summary>Gets what a user's state machine answered.</summary>
    public HistoryValue Value { get; init; }

    public int Node { get; init; }

    public ClientAnswer With(int attempt, int node) => this with { Attempt = attempt, Node = node };
}
