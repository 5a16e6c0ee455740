using System.Globalization;
using System.Text;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>
/// A write-ahead log of two groups: hard state (h), small entry (e), two entries of which one large (E), truncation and a
/// new entry (t), compaction (c), flush (F), hint (H).
/// </summary>
internal sealed class WalSubject(
    string name, IRecordLogFactory factory, Func<IFileSystem, IFileSystem>? wrap = null) : ISubject
{
    private readonly RecordLogOptions _options = new()
    {
        Directory = "wal",
        PageSizeBits = 11,
        MemorySizeBits = 13,
        SegmentSizeBits = 11,
        SectorBytes = 512,
    };

    public string Name => name;

    public string Operations => "heEtcFH";

    // Nothing; two groups with entries; a log that was compacted over segments.
    public IReadOnlyList<string> Starts => ["", "heeFEFH", "hEEFEEFcFEEFcFeF"];

    public string Sequel => "heF";

    public IOpenSubject Open(SimulatedDisk disk) => new OpenWal(wrap?.Invoke(disk) ?? disk, factory, _options);

    private sealed class OpenWal : IOpenSubject
    {
        private static readonly GroupId First = new(1);
        private static readonly GroupId Second = new(2);

        private readonly WriteAheadLog _log;
        private readonly List<(LogId Id, int Bytes, long Address)> _entries = [];
        private readonly List<string> _states = [];
        private readonly List<WalBatch> _unflushed = [];
        private HardState _hardState;
        private LogId _base;
        private int _secondEntries;
        private int _acknowledged;

        public OpenWal(IFileSystem files, IRecordLogFactory factory, RecordLogOptions options)
        {
            _log = WriteAheadLog.Open(factory, files, options);
            if (_log.Recovered.TryGetValue(First, out RecoveredGroup? group))
            {
                _hardState = group.HardState;
                _base = group.Base;
                _entries.AddRange(group.Entries.Select(
                    entry => (entry.Id, entry.PayloadBytes, entry.Location.Address)));
            }

            _secondEntries = _log.Recovered.TryGetValue(Second, out RecoveredGroup? second) ? second.Entries.Count : 0;
            _states.Add(State());
            Content = [State()];
        }

        public IReadOnlyList<string> Content { get; }

        public Expectation Expectation => new StateExpectation([.. _states], _acknowledged);

        private LogIndex LastIndex => _entries.Count > 0 ? _entries[^1].Id.Index : _base.Index;

        public void Do(char operation)
        {
            var batch = new WalBatch();
            switch (operation)
            {
                case 'h':
                    _hardState = new HardState(_hardState.CurrentTerm.Next(), new NodeId(1 + (_states.Count % 3)));
                    batch.SetHardState(First, _hardState);
                    _states.Add(State());
                    break;
                case 'e':
                    AppendEntry(batch, 40 + (_states.Count % 7));
                    break;
                case 'E':
                    AppendEntry(batch, 30);
                    AppendEntry(batch, 900);
                    AppendToSecond(batch);
                    break;
                case 't' when _entries.Count > 0:
                    batch.Truncate(First, LastIndex);
                    _entries.RemoveAt(_entries.Count - 1);
                    _states.Add(State());
                    AppendEntry(batch, 55);
                    break;
                case 'c' when _unflushed.Count == 0 && _entries.Count > 1:
                    _base = _entries[^2].Id;
                    batch.Compact(First, _base, _entries[^1].Address);
                    _entries.RemoveRange(0, _entries.Count - 1);
                    _states.Add(State());
                    break;
                case 'F':
                    Flush();
                    return;
                case 'H':
                    _log.WriteHint();
                    ThrowIfFaulted();
                    return;
                default:
                    return;
            }

            _unflushed.Add(batch);
            _log.Append(batch);
            ThrowIfFaulted();
        }

        public void Dispose() => _log.Dispose();

        private void Flush()
        {
            _log.Flush();
            ThrowIfFaulted();
            foreach (WalBatch batch in _unflushed)
            {
                for (int i = 0; i < batch.Operations.Count; i++)
                {
                    WalOperation operation = batch.Operations[i];
                    int at = _entries.FindIndex(entry => entry.Id == operation.Entry.Id);
                    if (operation.Kind == WalOperationKind.Entry && operation.Group == First && at >= 0)
                    {
                        _entries[at] = _entries[at] with { Address = batch.Locations[i].Address };
                    }
                }
            }

            _unflushed.Clear();
            _acknowledged = _states.Count - 1;
        }

        private void AppendEntry(WalBatch batch, int bytes)
        {
            var id = new LogId(_hardState.CurrentTerm, new LogIndex(LastIndex.Value + 1));
            batch.Append(First, EntryOf(id, bytes));
            _entries.Add((id, bytes, -1));
            _states.Add(State());
        }

        private void AppendToSecond(WalBatch batch)
        {
            _secondEntries++;
            batch.Append(Second, EntryOf(new LogId(new Term(1), new LogIndex(_secondEntries)), 20));
            _states.Add(State());
        }

        private static LogEntry EntryOf(LogId id, int bytes)
        {
            byte[] payload = new byte[bytes];
            payload.AsSpan().Fill((byte)(id.Index.Value + 1));
            return new LogEntry(id, EntryKind.Command, new HybridTimestamp(id.Index.Value), payload);
        }

        private string State()
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{_hardState.CurrentTerm}/{_hardState.VotedFor} ");
            text.Append(CultureInfo.InvariantCulture, $"base {_base.Term}.{_base.Index} second {_secondEntries}:");
            foreach ((LogId id, int bytes, _) in _entries)
            {
                text.Append(CultureInfo.InvariantCulture, $" {id.Term}.{id.Index}({bytes})");
            }

            return text.ToString();
        }

        private void ThrowIfFaulted()
        {
            if (_log.Fault is { } fault)
            {
                throw fault;
            }
        }
    }
}
