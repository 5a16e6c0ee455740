using Replication.Raft.Primitives;
using Replication.Raft.Progress;

namespace Replication.Raft.Tests.Progress;

public class InflightWindowTests
{
    private static readonly RaftConfig Config = new()
    {
        NodeId = new NodeId(1),
        Voters = [new RaftVoter(new NodeId(1))],
        Seed = 1,
        InflightMessagesMax = 3,
        InflightEntriesMax = 10,
        InflightBytesMax = 100,
    };

    [Fact]
    public void It_is_full_by_messages_by_entries_or_by_bytes()
    {
        Assert.True(With((1, 1, 0), (2, 1, 0), (3, 1, 0)).IsFull);
        Assert.True(With((10, 10, 0)).IsFull);
        Assert.True(With((1, 1, 100)).IsFull);
        Assert.False(With((1, 1, 99), (9, 8, 0)).IsFull);
    }

    [Fact]
    public void An_answer_frees_all_it_covers()
    {
        InflightWindow window = With((2, 2, 20), (5, 3, 30), (6, 1, 10));

        window.FreeTo(new LogIndex(5));

        Assert.Equal((9, 90), (window.EntriesLeft, window.BytesLeft));
        window.FreeTo(new LogIndex(6));
        Assert.True(window.IsEmpty);
    }

    [Fact]
    public void An_answer_inside_a_message_does_not_free_it()
    {
        InflightWindow window = With((5, 5, 50));

        window.FreeTo(new LogIndex(4));

        Assert.Equal(5, window.EntriesLeft);
    }

    [Theory]
    [InlineData(7, true, 7)]
    [InlineData(8, true, 6)]
    [InlineData(5, false, 5)]
    [InlineData(9, false, 5)]
    public void Only_the_newest_message_can_be_shortened(long last, bool isDone, long entriesLeft)
    {
        InflightWindow window = With((5, 2, 10), (8, 3, 10));

        Assert.Equal(isDone, window.TryShortenNewest(new LogIndex(last)));
        Assert.Equal(isDone ? entriesLeft - 1 : entriesLeft, window.EntriesLeft);
    }

    private static InflightWindow With(params (long Last, int Entries, long Bytes)[] messages)
    {
        InflightWindow window = new(Config);
        foreach ((long last, int entries, long bytes) in messages)
        {
            window.Add(new LogIndex(last), entries, bytes);
        }

        return window;
    }
}
