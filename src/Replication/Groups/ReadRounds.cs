using Replication.Errors;
using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>The linearizable reads of a group: gathered, confirmed together by one round, then held until their index
/// is applied.</summary>
/// <remarks>
/// At most <see cref="RoundsMax"/> rounds are under way; what arrives meanwhile shares the next one (thesis §6.4). A
/// round that
/// no leader confirmed is asked again until each read's time runs out.
/// </remarks>
internal sealed class ReadRounds
{
    private const int RoundsMax = 2;
    private readonly Round[] _asked = new Round[RoundsMax];
    private readonly Queue<Round> _confirmed = new();
    private ItemList<ReadRequest> _waiting;
    private Instant _askAgainAt;
    private Instant _expiryAt = Instant.Never;
    private long _lastReadId;

    public bool IsEmpty => _waiting.IsEmpty && _confirmed.Count == 0 && !IsAsking;

    private bool IsAsking => !_asked[0].Reads.IsEmpty || !_asked[1].Reads.IsEmpty;

    /// <summary>Gets when this wants to be looked at again.</summary>
    public Instant Deadline => CanAsk ? Instant.Min(_askAgainAt, _expiryAt) : _expiryAt;

    private bool CanAsk => !_waiting.IsEmpty && (_asked[0].Reads.IsEmpty || _asked[1].Reads.IsEmpty);

    public void Add(ReadRequest read, TimeSpan timeout)
    {
        _waiting.Add(read);
        _expiryAt = Instant.Min(_expiryAt, read.ArrivedAt + timeout);
    }

    /// <summary>Begins a round for all reads that wait, if one may begin now.</summary>
    /// <param name="now">The current moment.</param>
    /// <param name="readId">The number to ask the core with.</param>
    /// <returns>Whether the core is to be asked.</returns>
    public bool TryBegin(Instant now, out long readId)
    {
        readId = 0;
        if (!CanAsk || now < _askAgainAt)
        {
            return false;
        }

        ref Round round = ref _asked[0].Reads.IsEmpty ? ref _asked[0] : ref _asked[1];
        round = new Round { ReadId = ++_lastReadId, Reads = _waiting };
        _waiting = default;
        readId = round.ReadId;
        return true;
    }

    /// <summary>Takes the core's answer.</summary>
    /// <param name="result">The answer.</param>
    /// <param name="askAgainAt">When an unconfirmed round may be asked again.</param>
    public void Answer(in ReadIndexResult result, Instant askAgainAt)
    {
        for (int i = 0; i < RoundsMax; i++)
        {
            ref Round round = ref _asked[i];
            if (round.Reads.IsEmpty || round.ReadId != result.ReadId)
            {
                continue;
            }

            if (result.Confirmed)
            {
                _confirmed.Enqueue(new Round { Index = result.Index, Reads = round.Reads });
                _askAgainAt = default;
            }
            else
            {
                round.Reads.AddAll(ref _waiting);
                _waiting = round.Reads;
                _askAgainAt = askAgainAt;
            }

            round = default;
        }
    }

    /// <summary>Another leader is known: reads may ask again at once.</summary>
    public void LeaderChanged() => _askAgainAt = default;

    /// <summary>Answers the reads whose index is applied.</summary>
    /// <param name="position">The applied state.</param>
    public void Applied(in ReadPosition position)
    {
        int count = _confirmed.Count;
        for (int i = 0; i < count; i++)
        {
            Round round = _confirmed.Dequeue();
            if (round.Index > position.AppliedId.Index)
            {
                _confirmed.Enqueue(round);
                continue;
            }

            while (!round.Reads.IsEmpty)
            {
                round.Reads.RemoveFirst().Complete(position);
            }
        }

        if (IsEmpty)
        {
            _expiryAt = Instant.Never;
        }
    }

    /// <summary>Fails the reads whose time has run out.</summary>
    /// <param name="now">The current moment.</param>
    /// <param name="timeout">How long a read may wait.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="leader">The leader as far as known.</param>
    public void Expire(Instant now, TimeSpan timeout, string group, NodeId leader)
    {
        if (now < _expiryAt)
        {
            return;
        }

        _expiryAt = Instant.Never;
        Expiry expiry = new(now, timeout, group, leader);
        Expire(ref _waiting, expiry);
        Expire(ref _asked[0].Reads, expiry);
        Expire(ref _asked[1].Reads, expiry);
        int count = _confirmed.Count;
        for (int i = 0; i < count; i++)
        {
            Round round = _confirmed.Dequeue();
            Expire(ref round.Reads, expiry);
            if (!round.Reads.IsEmpty)
            {
                _confirmed.Enqueue(round);
            }
        }
    }

    /// <summary>Ends everything with an error.</summary>
    /// <param name="error">The error.</param>
    public void Fail(Exception error)
    {
        _waiting.AddAll(ref _asked[0].Reads);
        _waiting.AddAll(ref _asked[1].Reads);
        while (_confirmed.TryDequeue(out Round round))
        {
            _waiting.AddAll(ref round.Reads);
        }

        while (!_waiting.IsEmpty)
        {
            _waiting.RemoveFirst().Fail(error);
        }

        _expiryAt = Instant.Never;
    }

    private void Expire(ref ItemList<ReadRequest> reads, in Expiry expiry)
    {
        ItemList<ReadRequest> kept = default;
        while (!reads.IsEmpty)
        {
            ReadRequest read = reads.RemoveFirst();
            Instant deadline = read.ArrivedAt + expiry.Timeout;
            if (deadline > expiry.Now)
            {
                kept.Add(read);
                _expiryAt = Instant.Min(_expiryAt, deadline);
                continue;
            }

            read.Fail(new QuorumUnavailableException(
                $"Group {expiry.Group}: no leader confirmed a linearizable read within "
                    + $"{expiry.Timeout.TotalMilliseconds} ms; try again, here or at another node.",
                RejectReason.NoQuorum,
                expiry.Leader));
        }

        reads = kept;
    }

    private readonly record struct Expiry(Instant Now, TimeSpan Timeout, string Group, NodeId Leader);

    private struct Round
    {
        public long ReadId;
        public LogIndex Index;
        public ItemList<ReadRequest> Reads;
    }
}
