using Replication.Groups;
using Replication.Storage.Wal;

namespace Replication.Testing.Simulation.Probes;

/// <summary>Notes when a log that several groups share gives up the segment with the base of a group that wrote none
/// since: it must have been carried forward.</summary>
internal sealed class BaseProbe(SimulatedCluster cluster)
{
    private const long Unknown = long.MaxValue;
    private readonly List<WalBatch> _batches = [];
    private readonly long[] _bases = [.. cluster.Groups.Select(_ => Unknown)];

    /// <summary>A process started from the log of the one before, whose end may be lost.</summary>
    public void Restarted(WriteAheadLog log)
    {
        for (int group = 0; group < _bases.Length; group++)
        {
            _bases[group] = _bases[group] < log.TailAddress ? _bases[group] : Unknown;
        }
    }

    /// <summary>Batches are about to be appended.</summary>
    public void Appending(InboxItem? batches)
    {
        _batches.Clear();
        for (; batches is not null; batches = batches.Next)
        {
            _batches.Add(((PersistBatch)batches).Wal);
        }
    }

    /// <summary>They were flushed, and the log may have given up segments with it.</summary>
    public void Flushed(WriteAheadLog log)
    {
        foreach (WalBatch batch in _batches)
        {
            for (int i = 0; i < batch.Locations.Count; i++)
            {
                if (batch.Operations[i].Kind == WalOperationKind.Compact)
                {
                    _bases[cluster.Group(batch.Operations[i].Group).Index] = batch.Locations[i].Address;
                }
            }
        }

        long begin = log.TailAddress - log.RetainedBytes;
        for (int group = 0; group < _bases.Length; group++)
        {
            if (_bases[group] < begin)
            {
                _bases[group] = Unknown;
                cluster.Probes.Reached(Probe.BaseCarriedForward);
            }
        }
    }
}
