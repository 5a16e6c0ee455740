using Harness.Drivers;
using KvNode;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Fills the disk of one node, the leader or a minority: below the reserve that nodes keep, where they must
/// refuse writes, or to the last byte, where they may stop by themselves.</summary>
internal sealed class FullDiskNemesis(IClusterDriver driver) : INemesis
{
    private const long BelowReserveBytes = 64 << 20;
    private const string Said = "less than the reserve";
    private readonly List<(int Node, long LogLength)> _full = [];

    /// <inheritdoc/>
    public string Name => "disk-full";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        long freeBytes = random.Next(0, 2) * BelowReserveBytes;
        foreach (int node in victims.Where(driver.IsRunning))
        {
            _full.Add((node, new FileInfo(driver.LogOf(node)).Length));
            driver.MayFail(node, true);
            driver.Disks!.Fill(node, freeBytes);
        }

        string how = freeBytes == 0 ? "to the last byte" : "below the reserve";
        return $"disk-full {how} {string.Join(' ', _full.Select(full => full.Node))}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool hadEffect = false;
        foreach ((int node, long logLength) in _full)
        {
            driver.Disks!.Free(node);
            int? code = await Revival.OfAsync(driver, node).ConfigureAwait(false);
            hadEffect |= code == (int)ExitCode.StorageFailed || HasSaid(node, logLength);
        }

        _full.Clear();
        return hadEffect;
    }

    private bool HasSaid(int node, long since)
    {
        using FileStream log = new(driver.LogOf(node), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = since;
        using StreamReader reader = new(log);
        return reader.ReadToEnd().Contains(Said, StringComparison.Ordinal);
    }
}
