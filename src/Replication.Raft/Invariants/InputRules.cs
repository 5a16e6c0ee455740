using Replication.Raft.Inputs;
using Replication.Raft.Primitives;

namespace Replication.Raft.Invariants;

/// <summary>What an input must fulfil before anything happens.</summary>
internal static class InputRules
{
    /// <summary>Checks an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="state">The state that it meets.</param>
    /// <exception cref="ArgumentException">The caller broke the input's contract.</exception>
    public static void Check(RaftInput input, RaftState state)
    {
        switch (input)
        {
            case MessageReceived received:
                ArgumentNullException.ThrowIfNull(received.Message, nameof(input));
                Demand(received.Message.To == state.Self, "A message to another node was given to this one.");
                break;
            case Propose proposal:
                CheckProposal(proposal.Entries.Span);
                break;
            case Persisted persisted:
                Demand(
                    persisted.Sequence >= state.Ledger.DurableSequence && persisted.Sequence <= state.Ledger.Sequence,
                    "The persisted sequence is lower than one before, or was never handed out.");
                break;
            case TransferLeadership transfer:
                Demand(
                    transfer.Target.IsNone
                    || transfer.Target == state.Self
                    || state.Peers.Find(transfer.Target) is not null,
                    "Leadership can be handed to a voter only.");
                break;
            case Compacted compacted:
                Demand(
                    compacted.UpTo <= state.CommitIndex && compacted.UpTo <= state.CompactionFloor,
                    "The log was compacted beyond the commit index or the compaction floor.");
                break;
            default:
                break;
        }
    }

    private static void CheckProposal(ReadOnlySpan<EntryHeader> entries)
    {
        Demand(entries.Length > 0, "A proposal holds at least one entry.");
        foreach (EntryHeader entry in entries)
        {
            Demand(entry.SizeBytes >= 0, "The size of an entry is at least 0 bytes.");
        }
    }

    private static void Demand(bool condition, string message, string paramName = "input")
    {
        if (!condition)
        {
            throw new ArgumentException(message, paramName);
        }
    }
}
