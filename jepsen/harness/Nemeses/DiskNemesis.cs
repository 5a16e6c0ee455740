using System.Globalization;
using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Makes all writes and flushes to the disk of one node, the leader or a minority slow, or fail.</summary>
/// <param name="driver">Has the nodes, as processes of this machine.</param>
/// <param name="fails">Whether they fail, with an error of the disk or a full one: such a node must stop by
/// itself.</param>
internal sealed class DiskNemesis(IClusterDriver driver, bool fails) : INemesis
{
    private const int StorageFailed = 7;
    private const int DelayMillisecondsMin = 20;
    private const int DelayMillisecondsMax = 200;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly List<Tracer> _tracers = [];

    /// <inheritdoc/>
    public string Name => fails ? "disk-error" : "slow-disk";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        string change = fails ? random.Next(0, 2) == 0 ? "error=EIO" : "error=ENOSPC"
            : string.Create(CultureInfo.InvariantCulture,
                $"delay_exit={random.Next(DelayMillisecondsMin, DelayMillisecondsMax) * 1000}");
        _tracers.AddRange(victims.Where(driver.IsRunning).Select(node => Tracer.Attach(driver, node, change)));
        return $"{Name} {change} {string.Join(' ', victims)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool hadEffect = false;
        foreach (Tracer tracer in _tracers)
        {
            int? code = fails ? await driver.ExitCodeAsync(tracer.Node, StopPatience).ConfigureAwait(false) : null;
            await tracer.DetachAsync().ConfigureAwait(false);
            hadEffect |= tracer.Hits > 0 && (!fails || code == StorageFailed);
            tracer.Dispose();
            if (!driver.IsRunning(tracer.Node))
            {
                await driver.StartAsync(tracer.Node).ConfigureAwait(false);
            }
        }

        _tracers.Clear();
        return hadEffect;
    }
}
