using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Replication.Grpc.Peers;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Peers;

public class ReconnectDelayTests
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Pauses_double_up_to_their_limit_and_start_over()
    {
        using ReconnectDelay delay = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), new FakeTimeProvider());
        foreach (int seconds in (int[])[1, 2, 4, 5, 5])
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), delay.Next);
            delay.Wake();
            await delay.WaitAsync(CancellationToken.None);
        }

        delay.Reset();
        Assert.Equal(TimeSpan.FromSeconds(1), delay.Next);
    }

    [Fact]
    public async Task A_connection_that_breaks_at_once_keeps_the_growing_pauses_and_one_that_held_starts_over()
    {
        ClusterMember[] members = TestNode.Members(2);
        PauseWatch time = new();
        using RawListener peer = new(members[1]);
        await using TestNode one = await new TestNode(1, members, options =>
        {
            options.ReconnectDelayMin = TimeSpan.FromSeconds(1);
            options.ReconnectDelayMax = TimeSpan.FromSeconds(10);
        }, time: time).StartAsync();
        foreach (int longest in (int[])[1, 2, 4, 8])
        {
            await ConnectAsync();
            await PauseAsync(longest);
        }

        await ConnectAsync(heldFor: TimeSpan.FromSeconds(10.1));
        await PauseAsync(1);

        async Task ConnectAsync(TimeSpan heldFor = default)
        {
            (TcpClient control, TcpClient bulk) = await peer.AcceptBothAsync();
            await one.ConnectedTo(2);
            time.Advance(heldFor);
            control.Dispose();
            bulk.Dispose();
        }

        async Task PauseAsync(int longest)
        {
            TimeSpan pause = await time.Pauses.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.InRange(pause, TimeSpan.FromSeconds(longest / 2.0), TimeSpan.FromSeconds(longest));
            time.Advance(pause);
        }
    }

    /// <summary>A clock that tells which pauses were begun: what is waited for once and is no time-out.</summary>
    private sealed class PauseWatch : FakeTimeProvider
    {
        public Channel<TimeSpan> Pauses { get; } = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            if (period == Timeout.InfiniteTimeSpan && dueTime != ConnectTimeout)
            {
                Pauses.Writer.TryWrite(dueTime);
            }

            return timer;
        }
    }
}
