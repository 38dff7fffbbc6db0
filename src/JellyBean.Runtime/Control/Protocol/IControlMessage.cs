namespace JellyBean.Runtime.Control.Protocol;

/// <summary>What coordinator and nodes say to each other. Only these cross the wire besides Akka's own.</summary>
internal interface IControlMessage;
