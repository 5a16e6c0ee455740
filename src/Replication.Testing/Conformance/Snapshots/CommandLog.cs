using System.Buffers;
using System.Text;
using Replication.StateMachines;

namespace Replication.Testing.Conformance.Snapshots;

/// <summary>A state machine that is the list of its commands.</summary>
internal sealed class CommandLog : IStateMachine
{
    public List<byte[]> Commands { get; } = [];

    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
        Commands.Add(command.ToArray());

    public IStateMachineSnapshot CaptureSnapshot() => new Snapshot([.. Commands]);

    public void RestoreSnapshot(Stream source)
    {
        Commands.Clear();
        using BinaryReader reader = new(source, Encoding.UTF8, leaveOpen: true);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Commands.Add(reader.ReadBytes(reader.ReadInt32()));
        }
    }

    private sealed class Snapshot(byte[][] commands) : IStateMachineSnapshot
    {
        public void WriteTo(Stream destination)
        {
            using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
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
