namespace Harness.Drivers;

/// <summary>A Redis server has refused a command, without executing it.</summary>
/// <param name="message">Its words.</param>
internal sealed class RedisErrorException(string message) : Exception(message);
