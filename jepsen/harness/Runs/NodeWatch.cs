using Harness.Drivers;
using Harness.Histories;
using KvProcesses.Clients;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>Asks each node again and again what it is, past all faults of the network, and takes changes
/// down.</summary>
internal sealed class NodeWatch(IClusterDriver driver, Recorder recorder)
{
    /// <summary>The name of its events; the value is a list of role and term.</summary>
    public const string Function = "state";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Watches until it is stopped.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(driver.Nodes.Select(node => WatchAsync(node, stop)));

    private async Task WatchAsync(int node, CancellationToken stop)
    {
        (string Role, long Term) known = default;
        while (!stop.IsCancellationRequested)
        {
            NodeView? view = driver.IsRunning(node) ? await driver.HealthAsync(node).ConfigureAwait(false) : null;
            (string Role, long Term) now = view is null ? ("down", known.Term)
                : (view.IsLeader ? "leader" : view.Leader == 0 ? "leaderless" : "follower", view.Term);
            if (now != known)
            {
                known = now;
                recorder.Add(new HistoryEvent
                {
                    Type = HistoryEventType.Info,
                    Process = HistoryValue.FromText("watch"),
                    F = Function,
                    Node = node,
                    Value = HistoryValue.FromList(HistoryValue.FromText(now.Role), now.Term),
                });
            }

            await Task.Delay(Interval, stop).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
    }
}
