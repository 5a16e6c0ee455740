using Replication.Primitives;
using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Groups;

/// <summary>The messages of one core on their way out: filled with entries, and held back until what they speak of is
/// durable.</summary>
internal sealed class MessageOutlet
{
    private static readonly LogEntry[] NoEntries = [];
    private readonly GroupId _group;
    private readonly GroupLog _log;
    private readonly ITransport _transport;
    private readonly int _bytesMax;
    private readonly Queue<Held> _held = new();
    private readonly Queue<EntriesSent> _shortened = new();

    // Peers are mostly sent the same range one after the other: they share its arrays.
    private EntryHeader[] _lastHeaders = [];
    private LogEntry[] _lastEntries = NoEntries;

    public MessageOutlet(GroupId group, GroupLog log, ITransport transport, int bytesMax)
    {
        _group = group;
        _log = log;
        _transport = transport;
        _bytesMax = bytesMax;
    }

    /// <summary>Sends a message at once.</summary>
    /// <param name="message">The message as the core made it.</param>
    public void Send(RaftMessage message) => _transport.Send(message.To, Fill(message));

    /// <summary>Keeps a message until a sequence is durable.</summary>
    /// <param name="message">The message as the core made it.</param>
    /// <param name="sequence">The persist sequence.</param>
    public void Hold(RaftMessage message, long sequence) =>
        _held.Enqueue(new Held(Fill(message), message.To, sequence));

    /// <summary>Sends what waited for a sequence, leaving out acknowledgements that a later one repeats.</summary>
    /// <param name="durable">The highest durable sequence.</param>
    public void Release(long durable)
    {
        while (_held.TryPeek(out Held held) && held.Sequence <= durable)
        {
            _held.Dequeue();
            if (!_held.TryPeek(out Held next) || next.Sequence > durable || !Repeats(held.Message, next.Message))
            {
                _transport.Send(held.Receiver, held.Message);
            }
        }
    }

    /// <summary>Gets the next report that fewer entries were sent than the core had named.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTakeShortened(out EntriesSent? report) => _shortened.TryDequeue(out report);

    /// <summary>Lets go of the shared arrays: the log changed, or the turn is over.</summary>
    public void Forget()
    {
        _lastHeaders = [];
        _lastEntries = NoEntries;
    }

    // Acknowledgements are cumulative within a term (thesis §3.5): the later one alone says the same.
    private static bool Repeats(RaftPeerMessage earlier, RaftPeerMessage later) =>
        earlier.Message is AppendEntriesReply { Success: true } first
        && later.Message is AppendEntriesReply { Success: true } second
        && first.To == second.To && first.Term == second.Term && first.MatchIndex <= second.MatchIndex;

    private RaftPeerMessage Fill(RaftMessage message) =>
        message is AppendEntries append && append.LastIndex > append.PrevLogId.Index
            ? FillEntries(append)
            : new RaftPeerMessage(_group, message, NoEntries);

    private RaftPeerMessage FillEntries(AppendEntries append)
    {
        int count = append.MayShorten
            ? CountWithinBudget(append) : checked((int)(append.LastIndex - append.PrevLogId.Index));
        if (_lastEntries.Length != count || _lastEntries[0].Id.Index != append.FirstIndex)
        {
            _lastEntries = new LogEntry[count];
            _lastHeaders = new EntryHeader[count];
            for (int i = 0; i < count; i++)
            {
                _lastEntries[i] = _log.Get(append.FirstIndex + i);
                _lastHeaders[i] = _lastEntries[i].Header;
            }
        }

        LogIndex last = append.PrevLogId.Index + count;
        if (last < append.LastIndex)
        {
            _shortened.Enqueue(new EntriesSent(append.To, last));
        }

        return new RaftPeerMessage(_group, append with { Entries = _lastHeaders, LastIndex = last }, _lastEntries);
    }

    private int CountWithinBudget(AppendEntries append)
    {
        long bytes = 0;
        int count = 0;
        for (LogIndex index = append.FirstIndex; index <= append.LastIndex; index = index.Next())
        {
            bytes += _log.PayloadBytes(index);
            if (count > 0 && bytes > _bytesMax)
            {
                break;
            }

            count++;
        }

        return count;
    }

    private readonly record struct Held(RaftPeerMessage Message, NodeId Receiver, long Sequence);
}
