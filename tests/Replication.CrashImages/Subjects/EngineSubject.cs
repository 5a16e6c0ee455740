using System.Globalization;
using System.Text;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Records;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>The key-value engine's checkpoints and value log: put small (p) and large (P), checkpoint (C).</summary>
internal sealed class EngineSubject : ISubject
{
    private readonly CopyOnWriteEngineFactory _factory = new(directory => new RecordLogOptions
    {
        Directory = directory,
        PageSizeBits = 10,
        MemorySizeBits = 12,
        SegmentSizeBits = 11,
        SectorBytes = 512,
    });

    public string Name => "engine";

    public string Operations => "pPC";

    // Nothing; a checkpoint; enough overwritten values for the value log to be compacted and truncated.
    public IReadOnlyList<string> Starts => ["", "pPC", "PPPCPPPCPPPCPPPCpC"];

    public string Sequel => "pC";

    public IOpenSubject Open(SimulatedDisk disk) => new OpenEngine(_factory, disk);

    private sealed class OpenEngine : IOpenSubject
    {
        private const int Keys = 3;

        private readonly IKeyValueEngine _engine;
        private readonly List<string> _states = [];
        private int _acknowledged;
        private long _applied;

        public OpenEngine(CopyOnWriteEngineFactory factory, SimulatedDisk disk)
        {
            _engine = factory.Open(disk, new SegmentRecordLogFactory(), "groups/1/engine", new KeyValueEngineOptions
            {
                VersionWindow = TimeSpan.Zero,
                CompactionDeadRatio = 0.3,
            });
            _applied = _engine.CheckpointId.Index.Value;
            Content = [State()];
            _states.Add(Content[0]);
        }

        public IReadOnlyList<string> Content { get; }

        public Expectation Expectation => new StateExpectation([.. _states], _acknowledged);

        private LogId Applied => _applied == 0 ? LogId.Zero : new(new Term(1), new LogIndex(_applied));

        public void Do(char operation)
        {
            if (operation != 'C')
            {
                _applied++;
                byte[] value = new byte[operation == 'P' ? 700 : 30];
                value.AsSpan().Fill((byte)_applied);
                var mutation = new KeyValueMutation(
                    Encoding.ASCII.GetBytes($"key{_applied % Keys}"), value, IsDelete: false);
                _engine.Apply(
                    new ApplyContext(Applied, HybridTimestamp.FromUnixMilliseconds(1000 + (_applied * 10))), [mutation]);
                return;
            }

            _engine.Publish();
            _states.Add(State());
            IBackgroundWork work = _engine.CaptureCheckpoint(Applied, new byte[5]);
            work.Run();
            work.Completed();
            _acknowledged = _states.Count - 1;
        }

        public void Dispose() => _engine.Dispose();

        private string State()
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{_applied}:");
            using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
            foreach (KeyValueRecord record in snapshot.Scan(default, default))
            {
                text.Append(CultureInfo.InvariantCulture, $" {Encoding.ASCII.GetString(record.Key.Span)}=");
                text.Append(CultureInfo.InvariantCulture, $"{record.Value.Span[^1]}x{record.Value.Length}");
            }

            return text.ToString();
        }
    }
}
