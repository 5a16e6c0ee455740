using Replication.StateMachines;
using Replication.Storage.Engine;

namespace Replication.Testing.Conformance.Engine;

/// <summary>A seeded run of everything an engine can do, in any order, with snapshots held across it and checked
/// against the model.</summary>
internal sealed class RandomProgram(EngineRig rig, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(IKeyValueSnapshot Snapshot, ModelState State)> _held = [];
    private IBackgroundWork? _work;
    private bool _hasRun;
    private int _published;

    public void Run(int steps, bool restarts)
    {
        for (int step = 0; step < steps; step++)
        {
            Step(restarts);
        }

        while (_held.Count > 0)
        {
            CheckHeld(0);
            Release(0);
        }

        FinishCheckpoint();
        rig.Engine.Publish();
        rig.AssertNow();
    }

    private void Step(bool restarts)
    {
        switch (_random.Next(100))
        {
            case < 55:
                rig.ApplyRandom();
                break;
            case < 70:
                rig.Engine.Publish();
                _published = rig.States.Count - 1;
                break;
            case < 75:
                Hold(rig.Engine.CaptureSnapshot(), rig.States[_published]);
                break;
            case < 80:
                HoldAt();
                break;
            case < 88:
                StepCheckpoint();
                break;
            case < 98 when _held.Count > 0:
                int at = _random.Next(_held.Count);
                CheckHeld(at);
                if (_random.Next(2) == 0)
                {
                    Release(at);
                }

                break;
            case 99 when restarts && _random.Next(3) == 0:
                Restart();
                break;
        }
    }

    private void HoldAt()
    {
        ModelState state = rig.States[Math.Max(0, _published - _random.Next(30))];
        if (rig.Engine.CaptureSnapshotAt(state.Timestamp) is { } snapshot)
        {
            Hold(snapshot, state);
        }
    }

    private void Hold(IKeyValueSnapshot snapshot, ModelState state)
    {
        _held.Add((snapshot, state));
        if (_held.Count > 6)
        {
            Release(_random.Next(_held.Count));
        }
    }

    private void CheckHeld(int at)
    {
        (IKeyValueSnapshot snapshot, ModelState state) = _held[at];
        state.AssertEquals(snapshot, rig.SomeKeys(4));
        string[] bounds = [.. rig.SomeKeys(2).Order(StringComparer.Ordinal)];
        state.AssertScan(snapshot, bounds[0], bounds[1]);
    }

    private void Release(int at)
    {
        _held[at].Snapshot.Dispose();
        _held.RemoveAt(at);
    }

    private void StepCheckpoint()
    {
        if (_work is null)
        {
            _work = rig.Engine.CaptureCheckpoint(rig.Now.Id, EngineRig.Bytes($"attached to {rig.Now.Id}"));
        }
        else if (!_hasRun)
        {
            _work.Run();
            _hasRun = true;
        }
        else
        {
            FinishCheckpoint();
        }
    }

    private void FinishCheckpoint()
    {
        if (_work is not null)
        {
            if (!_hasRun)
            {
                _work.Run();
            }

            _work.Completed();
        }

        _work = null;
        _hasRun = false;
    }

    private void Restart()
    {
        while (_held.Count > 0)
        {
            CheckHeld(0);
            Release(0);
        }

        _work = null;
        _hasRun = false;
        if (_random.Next(2) == 0)
        {
            rig.Restart(rig.Disk.CrashClone());
        }
        else
        {
            rig.Reopen();
        }

        _published = rig.States.Count - 1;
        rig.AssertNow();
    }
}
