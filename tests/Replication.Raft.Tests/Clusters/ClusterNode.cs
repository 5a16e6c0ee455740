using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Tests.Clusters;

/// <summary>
/// The smallest honest driver of a core: a log in memory, a disk that lags, and messages that wait for it.
/// </summary>
internal sealed class ClusterNode(RaftConfig config)
{
    private readonly List<(long Sequence, Envelope Envelope)> _waiting = [];
    private readonly List<Entry> _log = [];
    private LogIndex _base;

    public RaftConfig Config { get; private set; } = config;

    public NodeId Id => Config.NodeId;

    public Disk Disk { get; } = new();

    /// <summary>Gets the core; null while the node is down.</summary>
    public RaftCore? Core { get; private set; }

    public bool IsUp => Core is not null;

    public Instant Now { get; set; }

    public Instant NextDeadline { get; private set; }

    public ProposalResult LastProposal { get; private set; }

    /// <summary>Gets or sets where messages go that may leave.</summary>
    public Action<Envelope> Send { get; set; } = _ => { };

    /// <summary>Gets or sets who hears the answers to reads.</summary>
    public Action<ReadIndexResult> Answer { get; set; } = _ => { };

    /// <summary>Gets or sets who looks at the node after each step, before messages leave.</summary>
    public Action<ClusterNode, RaftInput, RaftOutput> Stepped { get; set; } = (_, _, _) => { };

    /// <summary>
    /// Gets or sets where a driver cuts a message that may be shortened: from (first, last) to the real last.
    /// </summary>
    public Func<LogIndex, LogIndex, LogIndex> Cut { get; set; } = (_, last) => last;

    public LogIndex LastIndex => _base + _log.Count;

    public LogIndex FirstIndex => _base.Next();

    public Entry At(LogIndex index) => _log[(int)(index - _base - 1)];

    public RaftStatus Status => Core!.Status;

    public void Start(ulong seed, LogIndex knownCommit)
    {
        Config = Reseed(Config, seed);
        _base = Disk.Base.Index;
        _log.Clear();
        _log.AddRange(Disk.Entries);
        Core = new RaftCore(
            Config,
            new RaftRecovery
            {
                HardState = Disk.HardState,
                Base = Disk.Base,
                Entries = Disk.Entries.Select(entry => entry.Header).ToArray(),
                CommitIndex = knownCommit,
            },
            Now);
        Tick();
    }

    public void Crash(int survivingBatches = 0, int survivingEntries = 0)
    {
        Core = null;
        _waiting.Clear();
        Disk.Crash(survivingBatches, survivingEntries);
    }

    public void Tick() => Step(TimePassed.Instance);

    public void Receive(Envelope envelope) => Step(new MessageReceived(envelope.Message), envelope.Values);

    public void Propose(params Entry[] entries) => Step(
        new Propose { Entries = entries.Select(entry => entry.Header).ToArray() },
        [.. entries.Select(entry => entry.Value)]);

    /// <summary>Makes the oldest batch durable, sends what waited for it, and tells the core.</summary>
    public void Persist()
    {
        long sequence = Disk.Flush();
        foreach (var (_, envelope) in _waiting.Where(waiting => waiting.Sequence <= sequence).ToArray())
        {
            Send(envelope);
        }

        _waiting.RemoveAll(waiting => waiting.Sequence <= sequence);
        Step(new Persisted(sequence));
    }

    public void Compact(LogIndex upTo)
    {
        Term term = upTo == _base ? Disk.Base.Term : At(upTo).Header.Term;
        Step(new Compacted(upTo));
        _log.RemoveRange(0, (int)(upTo - _base));
        _base = upTo;
        Disk.Compact(new LogId(term, upTo));
    }

    public void Step(RaftInput input) => Step(input, []);

    private void Step(RaftInput input, long[] values)
    {
        RaftOutput output = Core!.Step(input, Now);
        TakeOver(input, values, output);
        Stepped(this, input, output);

        // The output is reused by the next step: what leaves now is copied first.
        ReadIndexResult[] reads = [.. output.Reads];
        Envelope[] now = [.. output.Messages.Select(Fill)];
        Envelope[] later = [.. output.MessagesAfterPersist.Select(Fill)];
        long sequence = output.PersistSequence;
        LastProposal = input is Propose ? output.Proposal : LastProposal;
        NextDeadline = output.NextDeadline;
        foreach (Envelope envelope in later)
        {
            if (Disk.PendingCount == 0)
            {
                Send(envelope);
            }
            else
            {
                _waiting.Add((sequence, envelope));
            }
        }

        foreach (ReadIndexResult read in reads)
        {
            Answer(read);
        }

        SendNow(now);
    }

    private static RaftConfig Reseed(RaftConfig config, ulong seed) => new()
    {
        NodeId = config.NodeId,
        Voters = config.Voters,
        Seed = seed,
        HeartbeatInterval = config.HeartbeatInterval,
        ElectionTimeoutMin = config.ElectionTimeoutMin,
        ElectionTimeoutMax = config.ElectionTimeoutMax,
        AppendEntriesMax = config.AppendEntriesMax,
        AppendBytesMax = config.AppendBytesMax,
        InflightEntriesMax = config.InflightEntriesMax,
        InflightMessagesMax = config.InflightMessagesMax,
        InflightBytesMax = config.InflightBytesMax,
        EntrySizesMax = config.EntrySizesMax,
    };

    private void SendNow(Envelope[] envelopes)
    {
        List<EntriesSent> sent = [];
        foreach (Envelope envelope in envelopes)
        {
            if (envelope.Message is AppendEntries { MayShorten: true } append)
            {
                sent.Add(new EntriesSent(append.To, append.LastIndex));
            }

            Send(envelope);
        }

        foreach (EntriesSent input in sent)
        {
            Step(input);
        }
    }

    private void TakeOver(RaftInput input, long[] values, RaftOutput output)
    {
        if (!output.HasSomethingToPersist)
        {
            return;
        }

        if (output.TruncateFrom > LogIndex.Zero)
        {
            _log.RemoveRange((int)(output.TruncateFrom - _base - 1), (int)(LastIndex - output.TruncateFrom + 1));
        }

        Entry[] appended = output.AppendLast > LogIndex.Zero ? NewEntries(input, values, output) : [];
        Disk.Submit(new Batch(
            output.PersistSequence, output.HardState, output.TruncateFrom, appended));
        _log.AddRange(appended);
    }

    // Which entries a range names, by the kind of input (RaftOutput.AppendLast).
    private Entry[] NewEntries(RaftInput input, long[] values, RaftOutput output)
    {
        Term term = Status.CurrentTerm;
        Entry[] all = input switch
        {
            Propose proposal =>
            [
                .. proposal.Entries.ToArray()
                    .Zip(values, (header, value) => new Entry(header with { Term = term }, value)),
            ],
            MessageReceived { Message: AppendEntries append } =>
                [.. append.Entries.ToArray().Zip(values, (header, value) => new Entry(header, value))],
            _ => [new Entry(new EntryHeader(term, EntryKind.NoOp, 0), 0)],
        };
        return all[^(int)(output.AppendLast - output.AppendFirst + 1)..];
    }

    private Envelope Fill(RaftMessage message)
    {
        if (message is not AppendEntries append)
        {
            return new Envelope(message, []);
        }

        LogIndex last = append.MayShorten ? Cut(append.FirstIndex, append.LastIndex) : append.LastIndex;
        int count = (int)(last - append.PrevLogId.Index);
        Entry[] entries = new Entry[count];
        for (int at = 0; at < count; at++)
        {
            entries[at] = At(append.FirstIndex + at);
        }

        return new Envelope(
            append with { LastIndex = last, Entries = entries.Select(entry => entry.Header).ToArray() },
            [.. entries.Select(entry => entry.Value)]);
    }
}
