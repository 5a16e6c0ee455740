using System.Globalization;
using Harness.Drivers;
using KvNode;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Makes all writes and flushes to the disk of one node, the leader or a minority slow, or fail.</summary>
/// <param name="driver">Has the nodes, as processes of this machine.</param>
/// <param name="fails">Whether they fail, with an error of the disk or a full one: such a node must stop by
/// itself.</param>
internal sealed class DiskNemesis(IClusterDriver driver, bool fails) : INemesis
{
    private const int DelayMillisecondsMin = 20;
    private const int DelayMillisecondsMax = 200;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly List<Tracer> _tracers = [];
    private readonly List<string> _objections = [];

    /// <inheritdoc/>
    public string Name => fails ? "disk-error" : "slow-disk";

    /// <inheritdoc/>
    public string? Objection => _objections.Count == 0 ? null : string.Join(' ', _objections);

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        string change = fails ? random.Next(0, 2) == 0 ? "error=EIO" : "error=ENOSPC"
            : string.Create(CultureInfo.InvariantCulture,
                $"delay_exit={random.Next(DelayMillisecondsMin, DelayMillisecondsMax) * 1000}");
        _objections.Clear();
        foreach (int node in victims.Where(driver.IsRunning))
        {
            driver.MayFail(node, fails);
            _tracers.Add(Tracer.Attach(driver, node, change));
        }

        return $"{Name} {change} {string.Join(' ', victims)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool hadEffect = false;
        foreach (Tracer tracer in _tracers)
        {
            if (fails)
            {
                await driver.ExitCodeAsync(tracer.Node, StopPatience).ConfigureAwait(false);
            }

            await tracer.DetachAsync().ConfigureAwait(false);
            bool wasHit = tracer.Hits > 0;
            tracer.Dispose();
            hadEffect |= wasHit && (!fails || await HasStoppedAsync(tracer.Node).ConfigureAwait(false));
            await Revival.OfAsync(driver, tracer.Node).ConfigureAwait(false);
        }

        _tracers.Clear();
        return hadEffect;
    }

    private async Task<bool> HasStoppedAsync(int node)
    {
        int? code = await driver.ExitCodeAsync(node, StopPatience).ConfigureAwait(false);
        if (code is null)
        {
            _objections.Add($"Node {node} went on though its disk had failed.");
        }

        return code == (int)ExitCode.StorageFailed;
    }
}
