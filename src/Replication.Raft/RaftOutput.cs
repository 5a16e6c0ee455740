using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>What the driver must do after a step. One object per core, reused: read it before the next step.</summary>
/// <remarks>
/// Order of duties: (1) send <see cref="Messages"/>; (2) persist, in this order and in one batch,
/// <see cref="HardState"/>, the truncation <see cref="TruncateFrom"/>, the entries <see cref="AppendFirst"/> to
/// <see cref="AppendLast"/>; (3) when that and everything before it is durable, send
/// <see cref="MessagesAfterPersist"/> and give <see cref="Inputs.Persisted"/> to the core. If nothing is to be
/// persisted (<see cref="PersistSequence"/> is that of an earlier output) the messages of (3) still wait for that
/// sequence. Committed entries may be applied when they are durable here.
/// </remarks>
public sealed class RaftOutput
{
    /// <summary>Gets messages that may leave at once.</summary>
    public List<RaftMessage> Messages { get; } = [];

    /// <summary>
    /// Gets messages that may leave only when everything to persist up to <see cref="PersistSequence"/> is durable.
    /// </summary>
    public List<RaftMessage> MessagesAfterPersist { get; } = [];

    /// <summary>Gets reads whose index is known: serve each once that index is applied.</summary>
    public List<ReadIndexResult> Reads { get; } = [];

    /// <summary>
    /// Gets whether this output has something to persist; it then raised <see cref="PersistSequence"/> by one.
    /// </summary>
    public bool HasSomethingToPersist { get; internal set; }

    /// <summary>
    /// Gets the sequence of the latest output with something to persist, this one included; 0 if there was none yet.
    /// </summary>
    public long PersistSequence { get; internal set; }

    /// <summary>Gets the hard state to persist; null if unchanged.</summary>
    public HardState? HardState { get; internal set; }

    /// <summary>
    /// Gets the first index that is void from now on, to be persisted before the entries; zero if nothing is
    /// truncated.
    /// </summary>
    public LogIndex TruncateFrom { get; internal set; }

    /// <summary>Gets the first index to append and persist; zero if there is none.</summary>
    public LogIndex AppendFirst { get; internal set; }

    /// <summary>Gets the last index to append and persist; zero if there is none.</summary>
    /// <remarks>
    /// For a <see cref="Inputs.Propose"/> the range is the proposed entries in order. For a new leader it is its no-op.
    /// For a received AppendEntries it is a suffix of that message's entries.
    /// </remarks>
    public LogIndex AppendLast { get; internal set; }

    /// <summary>Gets how the step's proposal fared; <see cref="ProposalResult.None"/> for other inputs.</summary>
    public ProposalResult Proposal { get; internal set; }

    /// <summary>Gets when the core wants to be stepped next, at the latest.</summary>
    public Instant NextDeadline { get; internal set; }
}

/// <summary>How a proposal fared.</summary>
public enum ProposalResult
{
    /// <summary>The step had no proposal.</summary>
    None,

    /// <summary>Appended at AppendFirst to AppendLast.</summary>
    Accepted,

    /// <summary>This node doesn't lead.</summary>
    NotLeader,

    /// <summary>This node leads, but is handing leadership over.</summary>
    TransferInProgress,
}

/// <summary>The answer to a <see cref="Inputs.ReadRequested"/>.</summary>
/// <param name="ReadId">The driver's number.</param>
/// <param name="Confirmed">Whether leadership was confirmed after the read was requested.</param>
/// <param name="Index">The index to apply first; meaningful if confirmed.</param>
public readonly record struct ReadIndexResult(long ReadId, bool Confirmed, LogIndex Index);
