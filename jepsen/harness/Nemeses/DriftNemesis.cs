using System.Globalization;
using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Has the clocks of one node, the leader or a minority run too fast or too slow, by as much as no crystal
/// does, timers and all. The nodes are restarted before and after.</summary>
internal sealed class DriftNemesis(IClusterDriver driver) : INemesis
{
    private static readonly double[] Rates = [0.3, 0.7, 1.5, 4];

    // The time that a node tells is cut to seconds and up to one old, or more if it is slow.
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private IReadOnlyList<int> _victims = [];

    /// <inheritdoc/>
    public string Name => "drift";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        _victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        double rate = Rates[random.Next(0, Rates.Length)];
        await RestartAsync(rate).ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture, $"drift x{rate} {string.Join(' ', _victims)}");
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool[] areSeen = await Task.WhenAll(_victims.Select(IsSeenAsync)).ConfigureAwait(false);
        await RestartAsync(1).ConfigureAwait(false);
        return Array.TrueForAll(areSeen, isSeen => isSeen);
    }

    private async Task RestartAsync(double rate)
    {
        foreach (int node in _victims)
        {
            // By its own clock it may have too little time for a stop, or take too much.
            _ = rate == 1 ? await driver.KillAsync(node).ConfigureAwait(false)
                : await driver.StopAsync(node).ConfigureAwait(false) == 0;
            driver.Clocks!.SetRate(node, rate);
            await driver.StartAsync(node).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsSeenAsync(int node)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!limit.IsCancellationRequested)
        {
            if (await driver.ClockAsync(node).ConfigureAwait(false) is { } time
                && (time - TimeProvider.System.GetUtcNow()).Duration() > Seen)
            {
                return true;
            }

            await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }
}
