using System.Buffers;
using System.Buffers.Binary;
using Replication.StateMachines;

namespace Replication.Tests.StateMachines;

/// <summary>A user's machine: a list of all commands; answers with their number.</summary>
internal sealed class CountingMachine : IStateMachine
{
    public List<byte[]> Commands { get; } = [];

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        Commands.Add(command.ToArray());
        BinaryPrimitives.WriteInt32LittleEndian(result.GetSpan(4), Commands.Count);
        result.Advance(4);
    }

    public IStateMachineSnapshot CaptureSnapshot() => new Snapshot([.. Commands]);

    public void RestoreSnapshot(Stream source)
    {
        Commands.Clear();
        using var reader = new BinaryReader(source);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Commands.Add(reader.ReadBytes(reader.ReadInt32()));
        }
    }

    private sealed class Snapshot(byte[][] commands) : IStateMachineSnapshot
    {
        public void WriteTo(Stream destination)
        {
            using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(commands.Length);
            foreach (byte[] command in commands)
            {
                writer.Write(command.Length);
                writer.Write(command);
            }
        }

        public void Dispose()
        {
        }
    }
}
