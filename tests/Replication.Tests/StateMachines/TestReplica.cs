using System.Buffers;
using System.Security.Cryptography;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Log.Machine;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Tests.StateMachines;

/// <summary>An entry as a replica gets it.</summary>
internal readonly record struct TestEntry(ApplyContext Context, byte[] Payload);

/// <summary>One replica's state machine on its own memory disk, driven entry by entry; can be checkpointed and
/// restarted.</summary>
internal sealed class TestReplica : IDisposable
{
    private readonly bool _isLog;
    private readonly SessionLimits? _limits;
    private readonly InMemoryFileSystem _files = new();

    public TestReplica(bool isLog = false, SessionLimits? limits = null)
    {
        _isLog = isLog;
        _limits = limits;
        Open();
    }

    /// <summary>Drives another machine; it can be neither hashed nor restarted.</summary>
    public TestReplica(ICheckpointedStateMachine machine)
    {
        Machine = new SessionedStateMachine(machine);
    }

    public IKeyValueEngine Engine { get; private set; } = null!;

    public LogStateMachine? Log { get; private set; }

    public SessionedStateMachine Machine { get; private set; } = null!;

    public LogId AppliedId { get; private set; }

    public static byte[] Command(params KeyValueOperation[] operations) => Command(default, operations);

    public static byte[] Command(RequestId request, params KeyValueOperation[] operations) =>
        KeyValueCommandCodec.ToPayload(
        CommandEnvelope.ForCommand(request), operations, new KeyValueLimits().ValueBytesMax, new ExactBufferWriter());

    public static TestEntry Entry(long index, long milliseconds, byte[] payload) => new(
        new ApplyContext(
            new LogId(new Term(1), new LogIndex(index)),
            new HybridTimestamp(HybridTimestamp.FromUnixMilliseconds(milliseconds).Value + index)),
        payload);

    public ReadOnlyMemory<byte> Apply(TestEntry entry, bool publish = true)
    {
        var result = new ArrayBufferWriter<byte>();
        Machine.Apply(entry.Context, entry.Payload, result);
        AppliedId = entry.Context.Id;
        if (publish)
        {
            Machine.Publish();
        }

        return result.WrittenMemory;
    }

    /// <summary>Applies a payload as the next entry and reads what goes back to its proposer.</summary>
    public CommandResult Apply(long milliseconds, byte[] payload) =>
        Result(Entry(AppliedId.Index.Value + 1, milliseconds, payload));

    public CommandResult Result(TestEntry entry)
    {
        ReadOnlyMemory<byte> result = Apply(entry);
        return CommandResult.Read(new ProposalCompletion
        {
            Outcome = WriteOutcome.Committed,
            Id = entry.Context.Id,
            Timestamp = entry.Context.Timestamp,
            Result = result,
        });
    }

    public long OpenSession(long milliseconds, TimeSpan timeout)
    {
        CommandResult result = Apply(milliseconds, CommandEnvelope.ForOpening(timeout).ToPayload([]));
        Assert.Equal(CommandResultCode.SessionOpened, result.Code);
        return result.Id.Index.Value;
    }

    public void Checkpoint(byte[]? attachment = null)
    {
        IBackgroundWork work = Machine.CaptureCheckpoint(AppliedId, attachment ?? [1, 2, 3]);
        work.Run();
        work.Completed();
    }

    /// <summary>Comes back at its newest checkpoint, as after a crash; the caller applies what follows again.</summary>
    public void Restart()
    {
        Machine.Dispose();
        Open();
    }

    /// <summary>Everything that must be equal on all replicas at equal positions.</summary>
    public string StateHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IKeyValueSnapshot snapshot = Engine.CaptureSnapshot();
        foreach (KeyValueRecord record in snapshot.Scan(default, default))
        {
            hash.AppendData(BitConverter.GetBytes(record.Key.Length));
            hash.AppendData(record.Key.Span);
            hash.AppendData(BitConverter.GetBytes(record.Value.Length));
            hash.AppendData(record.Value.Span);
            hash.AppendData(BitConverter.GetBytes(record.Version.Value));
        }

        hash.AppendData(SessionBytes());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public byte[] SessionBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        ClientSessionTableCodec.Write(ref writer, Machine.Sessions);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public string? Get(string key)
    {
        using IKeyValueSnapshot snapshot = Engine.CaptureSnapshot();
        return snapshot.TryGet(Bytes(key).Span, out KeyValueRecord record) ? Text(record.Value) : null;
    }

    public void Dispose() => Machine.Dispose();

    public static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    public static KeyValueOperation Put(string key, string value) =>
        new(KeyValueOperationKind.Put, Bytes(key)) { Value = Bytes(value) };

    public static KeyValueOperation Append(string key, string suffix) =>
        new(KeyValueOperationKind.Append, Bytes(key)) { Value = Bytes(suffix) };

    public static KeyValueOperation Get(KeyValueOperationKind kind, string key, string value = "", long version = 0) =>
        new(kind, Bytes(key)) { Value = Bytes(value), Version = new LogIndex(version) };

    private void Open()
    {
        Engine = new CopyOnWriteEngineFactory()
            .Open(_files, new SegmentRecordLogFactory(), "group", new KeyValueEngineOptions());
        Log = _isLog ? new LogStateMachine(Engine) : null;
        Machine = new SessionedStateMachine((ICheckpointedStateMachine?)Log ?? new KvStateMachine(Engine), _limits);
        AppliedId = Machine.CheckpointId;
        Machine.Publish();
    }
}
