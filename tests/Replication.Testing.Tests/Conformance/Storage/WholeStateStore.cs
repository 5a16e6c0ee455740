using System.Buffers;
using System.Text;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>A snapshot store as somebody might write it on the public packages: each checkpoint replaces the one
/// file.</summary>
internal class WholeStateStore : ICheckpointedStateMachine
{
    private readonly IStateMachine _machine;
    private readonly WholeFile _file;
    private CheckpointWork? _work;

    public WholeStateStore(IStateMachine machine, WholeFile file)
    {
        _machine = machine;
        _file = file;
        if (file.Read() is { } content)
        {
            MemoryStream stream = new(content);
            using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
            CheckpointId = new LogId(new Term(reader.ReadInt64()), new LogIndex(reader.ReadInt64()));
            CheckpointAttachment = reader.ReadBytes(reader.ReadInt32());
            machine.RestoreSnapshot(stream);
        }
    }

    public LogId CheckpointId { get; private set; }

    public ReadOnlyMemory<byte> CheckpointAttachment { get; private set; }

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
        _machine.Apply(context, command, result);

    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
    {
        if (_work is not null)
        {
            throw new InvalidOperationException("A checkpoint is under way.");
        }

        _work = new CheckpointWork(this, id, ToWrite(attachment));
        return _work;
    }

    public void Dispose() => (_machine as IDisposable)?.Dispose();

    protected virtual ReadOnlyMemory<byte> ToWrite(ReadOnlyMemory<byte> attachment) => attachment;

    /// <summary>Gets the snapshot that is written later.</summary>
    protected virtual Func<IStateMachineSnapshot> Capture(IStateMachine machine)
    {
        IStateMachineSnapshot snapshot = machine.CaptureSnapshot();
        return () => snapshot;
    }

    private sealed class CheckpointWork(WholeStateStore owner, LogId id, ReadOnlyMemory<byte> attachment)
        : IBackgroundWork
    {
        private readonly Func<IStateMachineSnapshot> _snapshot = owner.Capture(owner._machine);
        private volatile bool _isDone;

        public void Run()
        {
            using MemoryStream content = new();
            using BinaryWriter writer = new(content);
            writer.Write(id.Term.Value);
            writer.Write(id.Index.Value);
            writer.Write(attachment.Length);
            writer.Write(attachment.Span);
            using (IStateMachineSnapshot snapshot = _snapshot())
            {
                snapshot.WriteTo(content);
            }

            owner._file.Write(content.ToArray());
            _isDone = true;
        }

        public void Completed()
        {
            if (!_isDone || owner._work != this)
            {
                throw new InvalidOperationException("A checkpoint is completed once, after its work was done.");
            }

            owner._work = null;
            owner.CheckpointId = id;
            owner.CheckpointAttachment = attachment;
        }
    }
}

/// <summary>Keeps the state without what belongs to it.</summary>
internal sealed class ForgetfulStore(IStateMachine machine, WholeFile file) : WholeStateStore(machine, file)
{
    protected override ReadOnlyMemory<byte> ToWrite(ReadOnlyMemory<byte> attachment) => default;
}

/// <summary>Captures the state when the disk has time for it.</summary>
internal sealed class LateStore(IStateMachine machine, WholeFile file) : WholeStateStore(machine, file)
{
    protected override Func<IStateMachineSnapshot> Capture(IStateMachine machine) => machine.CaptureSnapshot;
}
