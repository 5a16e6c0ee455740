using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Testing.Conformance.Engine;

/// <summary>Lives of an engine on one disk. Each ends at a call that fails within its last checkpoint, and with the
/// process alone or with the power: of that checkpoint nothing, all, or whatever a disk keeps is there.</summary>
internal sealed class EndsOfLives(EngineRig rig, int seed)
{
    public const string Promise =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    private static readonly PowerLoss Loss = new(SectorLoss.Torn, NameLoss.Any);

    private readonly Random _random = new(seed);
    private LogId _known;
    private LogId _begun;

    public static bool IsStep(FileCall call) => call.Operation is FileOperation.Write or FileOperation.Sync
        or FileOperation.Rename or FileOperation.SyncDirectory;

    public void Run(int lives)
    {
        rig.Engine.Dispose();
        SimulatedDisk disk = new((ulong)seed);
        for (int life = 0; life < lives; life++)
        {
            FaultyFileSystem files = new(disk);
            rig.Restart(rig.Disk, files);
            LogId found = rig.Engine.CheckpointId;
            Expect.InRange(found.Index.Value, _known.Index.Value, _begun.Index.Value);
            rig.AssertNow();
            _known = found;
            Live(files);
            if (_random.Next(3) > 0)
            {
                disk = disk.ImageAfter(Loss, (ulong)_random.Next()).DurableImage();
            }
        }
    }

    private void Live(FaultyFileSystem files)
    {
        for (int checkpoint = _random.Next(4); checkpoint > 0; checkpoint--)
        {
            rig.ApplyRandom(1 + _random.Next(40));
            rig.Engine.Publish();
            if (checkpoint == 1)
            {
                files.FailOn(IsStep, _random.Next(8), DiskError.InputOutput);
            }

            _begun = rig.Now.Id;
            try
            {
                rig.Checkpoint();
            }
            catch (StorageFailedException)
            {
                return;
            }

            _known = _begun;
        }
    }
}
