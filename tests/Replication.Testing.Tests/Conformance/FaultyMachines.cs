using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Replication.StateMachines;

namespace Replication.Testing.Tests.Conformance;

/// <summary>A list of commands that is right, for machines that are wrong in one place.</summary>
internal class ListMachine : IStateMachine
{
    protected List<byte[]> Items { get; set; } = [];

    public virtual void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        Items.Add(command.ToArray());
        Answer(result, Items.Count);
    }

    public virtual IStateMachineSnapshot CaptureSnapshot() => new ListSnapshot([.. Items]);

    public virtual void RestoreSnapshot(Stream source)
    {
        Items = [];
        using BinaryReader reader = new(source, Encoding.UTF8, leaveOpen: true);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Items.Add(reader.ReadBytes(reader.ReadInt32()));
        }
    }

    protected static void Answer(IBufferWriter<byte> result, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(result.GetSpan(sizeof(int)), number);
        result.Advance(sizeof(int));
    }
}

internal sealed class ListSnapshot(List<byte[]> items, bool leavesOpen = true) : IStateMachineSnapshot
{
    public void WriteTo(Stream destination)
    {
        using BinaryWriter writer = new(destination, Encoding.UTF8, leavesOpen);
        writer.Write(items.Count);
        foreach (byte[] item in items)
        {
            writer.Write(item.Length);
            writer.Write(item);
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>Answers from a count that all machines of the process share.</summary>
internal sealed class SharedCountMachine : ListMachine
{
    private static int _count;

    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        Items.Add(command.ToArray());
        Answer(result, Interlocked.Increment(ref _count));
    }
}

/// <summary>Has a part that no snapshot holds.</summary>
internal sealed class HalfSavedMachine : ListMachine
{
    private int _answers;

    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        Items.Add(command.ToArray());
        Answer(result, ++_answers);
    }
}

/// <summary>Adds what it restores to what it has.</summary>
internal sealed class AddingMachine : ListMachine
{
    public override void RestoreSnapshot(Stream source)
    {
        List<byte[]> before = Items;
        base.RestoreSnapshot(source);
        Items = [.. before, .. Items];
    }
}

/// <summary>Can't restore a snapshot of the first state.</summary>
internal sealed class NeverEmptyMachine : ListMachine
{
    public override void RestoreSnapshot(Stream source)
    {
        base.RestoreSnapshot(source);
        _ = Items[0];
    }
}

/// <summary>Its snapshots are the live list.</summary>
internal sealed class LiveSnapshotMachine : ListMachine
{
    public override IStateMachineSnapshot CaptureSnapshot() => new ListSnapshot(Items);
}

/// <summary>Keeps the memory of a command instead of its bytes.</summary>
internal sealed unsafe class PointerMachine : ListMachine
{
    private readonly List<(nint Address, int Length)> _commands = [];

    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        fixed (byte* first = command)
        {
            _commands.Add(((nint)first, command.Length));
        }

        Answer(result, _commands.Count);
    }

    public override IStateMachineSnapshot CaptureSnapshot() => new ListSnapshot(
        [.. _commands.Select(kept => new ReadOnlySpan<byte>((byte*)kept.Address, kept.Length).ToArray())]);
}

/// <summary>Says that it wrote more than it did.</summary>
internal sealed class GarbageAnswerMachine : ListMachine
{
    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        Items.Add(command.ToArray());
        result.GetSpan(8)[0] = 1;
        result.Advance(8);
    }
}

/// <summary>Takes one read for all bytes.</summary>
internal sealed class ImpatientMachine : ListMachine
{
    public override void RestoreSnapshot(Stream source)
    {
        byte[] bytes = new byte[1 << 16];
        int length = source.Read(bytes);
        base.RestoreSnapshot(new MemoryStream(bytes, 0, length));
    }
}

/// <summary>Closes the stream that it writes to.</summary>
internal sealed class ClosingMachine : ListMachine
{
    public override IStateMachineSnapshot CaptureSnapshot() => new ListSnapshot([.. Items], leavesOpen: false);
}
