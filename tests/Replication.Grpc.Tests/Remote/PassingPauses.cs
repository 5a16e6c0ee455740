using Microsoft.Extensions.Time.Testing;

namespace Replication.Grpc.Tests.Remote;

/// <summary>A clock on which time passes only by the pauses between attempts, each of which is over as it
/// begins.</summary>
internal sealed class PassingPauses : FakeTimeProvider
{
    /// <summary>No pause is longer; deadlines are, until the last of them.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= PauseMax)
        {
            Advance(dueTime);
        }

        return timer;
    }
}
