using Replication.Raft.Log;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>Fills the output of one step, and decides which messages wait for the disk.</summary>
internal sealed class Outbox(PersistLedger ledger)
{
    private long _hardStateSequence;

    /// <summary>Gets the output of the current step.</summary>
    public RaftOutput Output { get; } = new();

    /// <summary>Gets whether the term and vote are durable as they are now.</summary>
    public bool IsHardStateDurable => Output.HardState is null && _hardStateSequence <= ledger.DurableSequence;

    /// <summary>Empties the output for a new step.</summary>
    public void Begin()
    {
        Output.Messages.Clear();
        Output.MessagesAfterPersist.Clear();
        Output.Reads.Clear();
        Output.HasSomethingToPersist = false;
        Output.HardState = null;
        Output.TruncateFrom = LogIndex.Zero;
        Output.AppendFirst = LogIndex.Zero;
        Output.AppendLast = LogIndex.Zero;
        Output.Proposal = ProposalResult.None;
    }

    /// <summary>Sends a message that acknowledges nothing: it waits only for the term that it carries.</summary>
    /// <param name="message">The message.</param>
    public void Send(RaftMessage message) =>
        (IsHardStateDurable ? Output.Messages : Output.MessagesAfterPersist).Add(message);

    /// <summary>Sends a message that acknowledges what is persisted by now: a vote, or entries.</summary>
    /// <param name="message">The message.</param>
    public void SendAfterPersist(RaftMessage message) => Output.MessagesAfterPersist.Add(message);

    /// <summary>Persists a new term or vote.</summary>
    /// <param name="state">The hard state.</param>
    public void Persist(HardState state) => Output.HardState = state;

    /// <summary>Persists a truncation.</summary>
    /// <param name="from">The first index removed.</param>
    public void PersistTruncation(LogIndex from)
    {
        Output.TruncateFrom = from;
        ledger.TruncateFrom(from);
    }

    /// <summary>Persists new entries.</summary>
    /// <param name="first">The first index.</param>
    /// <param name="last">The last index.</param>
    public void PersistEntries(LogIndex first, LogIndex last)
    {
        Output.AppendFirst = first;
        Output.AppendLast = last;
    }

    /// <summary>Completes the output.</summary>
    /// <param name="deadline">When the core wants to be stepped next.</param>
    public void End(Instant deadline)
    {
        Output.NextDeadline = deadline;
        Output.HasSomethingToPersist =
            Output.HardState is not null || Output.TruncateFrom > LogIndex.Zero || Output.AppendLast > LogIndex.Zero;
        if (Output.HasSomethingToPersist)
        {
            ledger.Add(Output.AppendLast);
        }

        if (Output.HardState is not null)
        {
            _hardStateSequence = ledger.Sequence;
        }

        Output.PersistSequence = ledger.Sequence;
    }
}
