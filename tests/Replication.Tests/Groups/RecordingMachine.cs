using System.Buffers;
using System.Text;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Tests.Groups;

/// <summary>What of a <see cref="RecordingMachine"/> survives a crash.</summary>
internal sealed class MachineDisk
{
    public LogId Id { get; set; }

    public ReadOnlyMemory<byte> Attachment { get; set; }

    public IReadOnlyList<string> Commands { get; set; } = [];
}

/// <summary>A state machine that keeps the commands it was given; the result of each is its text and its
/// position.</summary>
internal sealed class RecordingMachine(MachineDisk disk) : ICheckpointedStateMachine
{
    public const string Poison = "poison";

    /// <summary>The start of commands that only a newer release can execute.</summary>
    public const string Newer = "newer";

    private int _published = disk.Commands.Count;
    private int _written = disk.Commands.Count;

    public LogId CheckpointId { get; private set; } = disk.Id;

    public ReadOnlyMemory<byte> CheckpointAttachment { get; } = disk.Attachment;

    /// <summary>Gets or sets how many bytes of state each command counts as, until a checkpoint holds it.</summary>
    public long UnwrittenBytesPerCommand { get; set; }

    public long UnwrittenBytes => (Commands.Count - _written) * UnwrittenBytesPerCommand;

    public List<string> Commands { get; } = [.. disk.Commands];

    public List<ApplyContext> Contexts { get; } = [];

    public IReadOnlyList<string> Published => Commands[.._published];

    public bool CanApply(ReadOnlySpan<byte> command) => !command.StartsWith("newer"u8);

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        string text = Encoding.UTF8.GetString(command);
        if (text == Poison)
        {
            throw new FormatException("This command can't be executed.");
        }

        Commands.Add(text);
        Contexts.Add(context);
        result.Write(Encoding.UTF8.GetBytes($"{text[..Math.Min(text.Length, 32)]}@{Commands.Count}"));
    }

    public void Publish() => _published = Commands.Count;

    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
        new Checkpoint(this, disk, new MachineDisk { Id = id, Attachment = attachment, Commands = [.. Commands] });

    public void Dispose()
    {
    }

    private sealed class Checkpoint(RecordingMachine machine, MachineDisk disk, MachineDisk captured) : IBackgroundWork
    {
        public void Run()
        {
            disk.Id = captured.Id;
            disk.Attachment = captured.Attachment;
            disk.Commands = captured.Commands;
        }

        public void Completed()
        {
            machine.CheckpointId = captured.Id;
            machine._written = captured.Commands.Count;
        }
    }
}
