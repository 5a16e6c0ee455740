using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Draws the operations of clients, each from the stream of its client.</summary>
internal sealed class CallDraw(SimulationConfig config)
{
    private const long Millisecond = 1_000_000;
    private readonly int[] _listSteps = new int[config.ListKeys * config.Groups];
    private readonly int[] _listEpochs = new int[config.ListKeys * config.Groups];
    private readonly Dictionary<int, int> _elements = [];
    private long _lastValue;

    /// <summary>Draws the next operation of a client.</summary>
    public PlannedCall Next(SimulatedClient client)
    {
        RandomStream random = client.Random;
        int kind = random.Below(100);
        int group = DrawGroup(random, client.NextAt);
        int key = (random.Below(config.RegisterKeys) * config.Groups) + group;
        return kind switch
        {
            < 22 => New(client, OperationKind.Read, key),
            < 48 => New(client, OperationKind.ReadPrefix, key),
            < 51 => New(client, OperationKind.Scan, group, DrawLimit(random)),
            < 55 => New(client, OperationKind.ScanPrefix, group, DrawLimit(random)),
            < 69 => New(client, OperationKind.Write, key, ++_lastValue),
            < 79 => New(client, OperationKind.CompareAndSet, key, ++_lastValue, client.Seen.GetValueOrDefault(key)),
            < 81 => New(client, OperationKind.Delete, key),
            < 84 => New(client, OperationKind.Increment, group),
            < 86 => New(client, OperationKind.ReadCounter, group),
            _ => New(client, OperationKind.Transaction, 0, steps: DrawSteps(random, group)),
        };
    }

    // Every second scan may end before the last key.
    private int DrawLimit(RandomStream random) => 1 + random.Below(2 * config.RegisterKeys);

    private static PlannedCall New(
        SimulatedClient client, OperationKind kind, int key, long value = 0, long expected = 0,
        IReadOnlyList<ListStep>? steps = null) =>
        new(client.NextNumber(), client.NextAt, client.Index, client.WantsSession, kind, key, value, expected,
            steps ?? []);

    // The load moves from group to group: what the one before has not finished stays as it is for a while.
    private int DrawGroup(RandomStream random, long at) => config.Groups == 1 ? 0
        : random.Below(config.GroupRatio) == 0 ? random.Below(config.Groups)
        : (int)(at / (config.GroupPhaseMilliseconds * Millisecond) % config.Groups);

    // A list that has become long is left behind: every read returns all of it.
    private ListStep[] DrawSteps(RandomStream random, int group)
    {
        ListStep[] steps = new ListStep[1 + random.Below(3)];
        for (int i = 0; i < steps.Length; i++)
        {
            int place = (random.Below(config.ListKeys) * config.Groups) + group;
            if (++_listSteps[place] > config.ListLengthMax)
            {
                _listSteps[place] = 0;
                _listEpochs[place]++;
            }

            int key = (_listEpochs[place] * _listEpochs.Length) + place;
            bool isAppend = random.Below(2) == 0;
            steps[i] = new ListStep(key, isAppend ? NextElement(key) : 0);
        }

        return steps;
    }

    private int NextElement(int key)
    {
        int element = _elements.GetValueOrDefault(key) + 1;
        _elements[key] = element;
        return element;
    }
}
