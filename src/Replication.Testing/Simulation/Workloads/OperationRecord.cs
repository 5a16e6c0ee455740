using Replication.Testing.Histories;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>What a client does.</summary>
internal enum OperationKind
{
    Read,
    ReadPrefix,

    /// <summary>A linearizable read of the registers of a group in order; its value is how many at most.</summary>
    Scan,

    /// <summary>The same from a committed prefix.</summary>
    ScanPrefix,
    Write,
    CompareAndSet,
    Delete,
    Transaction,
    Increment,
    ReadCounter,

    /// <summary>An operation on a user's state machine, in a plan: its number says what it is.</summary>
    Own,

    /// <summary>A command of a user's state machine.</summary>
    Command,

    /// <summary>A query of a user's state machine.</summary>
    Query,

    /// <summary>Nothing: a client was about to begin, or waited for its session.</summary>
    Wait,
}

/// <summary>One step of a transaction over lists.</summary>
/// <param name="Key">The list.</param>
/// <param name="Element">What is appended; 0 for a read.</param>
internal readonly record struct ListStep(int Key, int Element)
{
    public bool IsAppend => Element != 0;
}

/// <summary>A register that a scan found.</summary>
/// <param name="Key">The number of the register.</param>
/// <param name="Value">What it holds.</param>
/// <param name="Version">The index of the entry that wrote it.</param>
internal readonly record struct ScannedRegister(int Key, long Value, long Version);

/// <summary>An operation of a client with its outcome, for checkers.</summary>
internal class OperationRecord
{
    /// <summary>Gets the client's process: another one after each unknown outcome, as Jepsen has it.</summary>
    public required int Process { get; init; }

    /// <summary>Gets what was drawn or prescribed.</summary>
    public required PlannedCall Plan { get; init; }

    public virtual OperationKind Kind => Plan.Kind;

    /// <summary>Gets the number of the key.</summary>
    public int Key => Plan.Key;

    /// <summary>Gets the value to be written.</summary>
    public long Value => Plan.Value;

    /// <summary>Gets the value that a compare-and-set expects; 0 for an absent key.</summary>
    public long Expected => Plan.Expected;

    public IReadOnlyList<ListStep> Steps => Plan.Steps;

    /// <summary>Gets a value indicating whether this is one of the reads at the end.</summary>
    public bool IsFinal => Plan.Number < 0;

    public long InvokedAt { get; init; }

    /// <summary>Gets or sets the place of the invocation among all events of the history.</summary>
    public long InvocationIndex { get; init; }

    public long CompletedAt { get; set; }

    public long CompletionIndex { get; set; }

    /// <summary>Gets or sets the outcome; info until it is known.</summary>
    public HistoryEventType Outcome { get; set; } = HistoryEventType.Info;

    /// <summary>Gets or sets a value indicating whether a condition held.</summary>
    public bool Held { get; set; } = true;

    /// <summary>Gets or sets the value that was read; 0 for an absent key.</summary>
    public long Result { get; set; }

    /// <summary>Gets or sets what each step of a transaction saw; null for an append.</summary>
    public IReadOnlyList<int>?[] Seen { get; set; } = [];

    /// <summary>Gets or sets the index of the entry that wrote what was read, or that is this write.</summary>
    public long Version { get; set; }

    /// <summary>Gets or sets the index of the last entry in the state that a read of one key was served from; 0 if it
    /// is not told.</summary>
    public long Applied { get; set; }

    /// <summary>Gets or sets what a scan found, in its order.</summary>
    public IReadOnlyList<ScannedRegister> Scanned { get; set; } = [];

    /// <summary>Gets or sets the node that answered.</summary>
    public int Node { get; set; }

    public bool IsWrite => Kind is OperationKind.Write or OperationKind.CompareAndSet or OperationKind.Delete
        or OperationKind.Increment or OperationKind.Transaction or OperationKind.Command;

    /// <summary>Gets a value indicating whether it reads from some committed prefix.</summary>
    public bool IsPrefixRead => Kind is OperationKind.ReadPrefix or OperationKind.ScanPrefix;

    /// <summary>Gets a value indicating whether it is about one register.</summary>
    public bool IsOfRegister => Kind is OperationKind.Read or OperationKind.ReadPrefix or OperationKind.Write
        or OperationKind.CompareAndSet or OperationKind.Delete;

    public override string ToString() => $"{Kind} {Key} {Value}";
}
