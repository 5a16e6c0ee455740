using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.Tests.Sessions;

public sealed class SessionPartsTests
{
    [Fact]
    public void The_heap_gives_sessions_by_expiry_then_id_whatever_moved_before()
    {
        var random = new Random(5);
        var heap = new ExpiryHeap();
        var model = new List<OpenSession>();
        for (int step = 0; step < 20_000; step++)
        {
            int what = random.Next(10);
            if (what < 4 || model.Count == 0)
            {
                var session = new OpenSession(
                    step + 1, random.Next(1, 20), HybridTimestamp.FromUnixMilliseconds(random.Next(100)), 1);
                heap.Add(session);
                model.Add(session);
            }
            else if (what < 7)
            {
                OpenSession moved = model[random.Next(model.Count)];
                moved.LastWrite = new HybridTimestamp(moved.LastWrite.Value + (random.Next(0, 50) << 16));
                heap.Postponed(moved);
            }
            else
            {
                OpenSession removed = model[random.Next(model.Count)];
                heap.Remove(removed);
                model.Remove(removed);
            }

            OpenSession? expected = model.MinBy(s => (s.Expiry, s.Id));
            Assert.Equal(expected is not null, heap.TryPeek(out OpenSession? first));
            Assert.Same(expected, first);
            Assert.Equal(model.Count, heap.Count);
        }
    }

    [Fact]
    public void A_session_keeps_exactly_the_results_above_its_floor()
    {
        var random = new Random(6);
        var session = new OpenSession(1, 1, default, 1);
        var model = new SortedDictionary<long, StoredResult>();
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(6) == 0)
            {
                long floor = session.Floor + random.Next(0, random.Next(50) == 0 ? 3_000 : 12);
                session.RaiseFloor(floor);
                foreach (long sequence in model.Keys.Where(k => k < floor).ToArray())
                {
                    model.Remove(sequence);
                }
            }
            else
            {
                long sequence = session.Floor + random.Next(0, 64);
                Assert.Equal(model.ContainsKey(sequence), session.TryGet(sequence, out StoredResult stored));
                if (stored.Sequence == 0)
                {
                    stored = new StoredResult(
                        sequence, (UInt128)step, new LogId(new Term(1), new LogIndex(step)), default,
                        new byte[random.Next(9)]);
                    session.Add(stored);
                    model.Add(sequence, stored);
                }
            }

            Assert.Equal(model.Values.Sum(v => v.ChargedBytes), session.Bytes);
        }

        Assert.Equal(model.Values, session.Results());
    }

    [Fact]
    public void Request_ids_count_up_and_carry_the_lowest_sequence_that_is_not_completed()
    {
        var session = new ClientSession(9, TimeSpan.FromSeconds(1));
        RequestId one = session.Next();
        RequestId two = session.Next();
        RequestId three = session.Next();
        Assert.Equal([new(9, 1, 1), new(9, 2, 1), new(9, 3, 1)], [one, two, three]);

        session.Complete(two);
        Assert.Equal(1, session.Next().AcknowledgedBelow);
        session.Complete(one);
        session.Complete(one);
        Assert.Equal(new RequestId(9, 5, 3), session.Next());
        session.Complete(three);
        Assert.Equal(4, session.Next().AcknowledgedBelow);
    }

    [Fact]
    public void Completing_what_was_never_given_is_the_callers_mistake()
    {
        var session = new ClientSession(9, TimeSpan.FromSeconds(1));
        session.Next();
        Assert.Throws<ArgumentException>(() => session.Complete(new RequestId(8, 1, 1)));
        Assert.Throws<ArgumentException>(() => session.Complete(new RequestId(9, 2, 1)));
        Assert.Throws<ArgumentException>(() => session.Complete(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClientSession(0, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Threads_get_different_sequences_and_never_a_floor_above_an_open_one()
    {
        var session = new ClientSession(1, TimeSpan.FromSeconds(1));
        var seen = new long[8 * 2_000];
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                RequestId id = session.Next();
                Assert.True(id.AcknowledgedBelow <= id.Sequence);
                seen[(thread * 2_000) + i] = id.Sequence;
                session.Complete(id);
            }
        });

        Assert.Equal(Enumerable.Range(1, seen.Length).Select(i => (long)i), seen.Order());
        Assert.Equal(seen.Length + 1, session.Next().AcknowledgedBelow);
    }
}
