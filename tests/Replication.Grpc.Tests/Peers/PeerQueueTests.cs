using Replication.Grpc.Peers;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

public class PeerQueueTests
{
    private static readonly PeerMessage Message = TestNode.Small(1, 2, 7);

    [Fact]
    public void It_takes_messages_up_to_their_number_and_counts_what_it_drops()
    {
        PeerQueue queue = new(3, long.MaxValue);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => queue.TryAdd(Message)));
        Assert.Equal(2, queue.Dropped);
        Assert.Equal(3 * Message.SizeBytes, queue.Bytes);
        Assert.True(queue.TakeLoss());
        Assert.False(queue.TakeLoss());

        // What was dropped fills nothing.
        Assert.True(queue.TryTake(out _));
        Assert.True(queue.TryAdd(Message));
        Assert.False(queue.TryAdd(Message));
    }

    [Fact]
    public void It_takes_bytes_up_to_the_last_one()
    {
        PeerQueue exact = new(100, 2 * Message.SizeBytes);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => exact.TryAdd(Message)));
        PeerQueue less = new(100, (2 * Message.SizeBytes) - 1);
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => less.TryAdd(Message)));
        Assert.Equal(Message.SizeBytes, less.Bytes);
    }

    [Fact]
    public void What_waits_when_it_is_cleared_counts_as_dropped_but_for_questions()
    {
        PeerQueue queue = new(100, long.MaxValue);
        queue.TryAdd(Message);
        queue.AskForLife();
        queue.TryAdd(Message);
        queue.Clear();
        Assert.Equal((2, 0), (queue.Dropped, queue.Bytes));
        Assert.True(queue.TakeLoss());
        Assert.False(queue.TryTake(out _));
    }
}
