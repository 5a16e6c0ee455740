using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Cuts the power of one node, the leader, a minority or all at once: what their file systems had not flushed
/// is lost, and the processes are gone.</summary>
internal sealed class PowerLossNemesis(IClusterDriver driver) : INemesis
{
    private readonly List<int> _down = [];

    /// <inheritdoc/>
    public string Name => "power-loss";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: true).ConfigureAwait(false);
        _down.AddRange(victims.Where(driver.IsRunning));

        // First the disks: what a node that still runs for a moment acknowledges, it can't have flushed.
        _down.ForEach(node => driver.MayFail(node, true));
        _down.ForEach(driver.Disks!.CutPower);
        await Task.WhenAll(_down.Select(driver.KillAsync)).ConfigureAwait(false);
        return $"power-loss {string.Join(' ', _down)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        // Also those that are not dead yet because something went wrong.
        await Task.WhenAll(_down.Select(driver.KillAsync)).ConfigureAwait(false);
        bool hadEffect = _down.Count > 0;
        foreach (int node in _down)
        {
            hadEffect &= driver.Disks!.RestorePower(node);
        }

        await Task.WhenAll(_down.Select(driver.StartAsync)).ConfigureAwait(false);
        _down.ForEach(node => driver.MayFail(node, false));
        _down.Clear();
        return hadEffect;
    }
}
